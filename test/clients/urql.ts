/**
 * A small chat program on urql: `node urql.ts URL USERNAME`. It subscribes without cursors, and gave a resumeKey: the
 * server goes on where the lost connection ended.
 */
import { randomUUID } from "node:crypto";

import { Client, fetchExchange, type OperationResult, subscriptionExchange } from "@urql/core";
import { createClient, type SubscribePayload } from "graphql-ws";

import * as talk from "../generated/graphql.ts";
import { chat } from "./chat.ts";
import { type Place, print } from "./keyboard.ts";

const [url = "", username = ""] = process.argv.slice(2);
const resumeKey = randomUUID();
let token: string | undefined;

/** What is on the screen: messages by id, so that one which comes once more is the same one. */
type Screen = Map<string, talk.MessagePartsFragment>;
const screens: Record<Place, Screen> = { room: new Map(), direct: new Map() };

const socket = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  connectionParams: () => ({ token, resumeKey }),
  // A connection that breaks is told by an error event too, which graphql-ws takes for the end unless it is told otherwise.
  shouldRetry: () => true,
  on: { connected: () => print({ says: "connected" }), closed: () => print({ says: "disconnected" }) },
});
const urql = new Client({
  url: `${url}/graphql`,
  preferGetMethod: false,
  fetchOptions: () => (token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (operation) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe(operation as SubscribePayload, sink) }),
      }),
    }),
  ],
});

function dataOf<Data>({ data, error }: Pick<OperationResult<Data>, "data" | "error">): Data {
  if (data === undefined) throw error ?? new Error("An answer without data.");
  return data;
}

function hear(place: Place, change: "added" | "updated", message: talk.MessagePartsFragment): void {
  screens[place].set(message.id, message);
  print({ says: "heard", in: place, change, seq: message.seq });
}

function take(place: Place, event: talk.ConversationEventsSubscription["conversationEvents"]): void {
  switch (event.__typename) {
    case "MessageAdded":
      return hear(place, "added", event.edge.node);
    case "MessageUpdated":
      return hear(place, "updated", event.message);
    case "ResyncRequired":
      throw new Error("This program is never away for so long.");
  }
}

await chat(
  {
    logIn: (accessToken) => {
      token = accessToken;
    },
    query: async (document, variables) => dataOf(await urql.query(document, variables).toPromise()),
    mutate: async (document, variables) => dataOf(await urql.mutation(document, variables).toPromise()),
    async enter(place, conversationId) {
      if (place === "direct") {
        urql.subscription(talk.MessageAddedDocument, { conversationId }).subscribe((result) => {
          hear(place, "added", dataOf(result).messageAdded);
        });
      } else {
        urql.subscription(talk.ConversationEventsDocument, { conversationId }).subscribe((result) => {
          take(place, dataOf(result).conversationEvents);
        });
      }
    },
    screen: (place) => screens[place].values(),
    close: async () => socket.dispose(),
  },
  username,
);

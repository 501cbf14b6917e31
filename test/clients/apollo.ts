/**
 * A small chat program on Apollo Client: `node apollo.ts URL USERNAME`. What it shows lies in the normalised cache, and
 * after a lost connection it goes on after the last cursor that it saw.
 */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { tap } from "rxjs";

import * as talk from "../generated/graphql.ts";
import { chat } from "./chat.ts";
import { type Place, print } from "./keyboard.ts";

const [url = "", username = ""] = process.argv.slice(2);
let token: string | undefined;
const places = new Map<Place, string>();

const socket = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  connectionParams: () => ({ token }),
  // A connection that breaks is told by an error event too, which graphql-ws takes for the end unless it is told otherwise.
  shouldRetry: () => true,
  on: { connected: () => print({ says: "connected" }), closed: () => print({ says: "disconnected" }) },
});

/** graphql-ws sends the variables again when it reconnects: with the last cursor in them the log goes on where it was left. */
const resuming = new ApolloLink((operation, forward) => {
  const variables = { ...operation.variables };
  operation.variables = variables;
  return forward(operation).pipe(
    tap(({ data }) => {
      const event = Object.values(data ?? {})[0] as { readonly cursor?: string } | undefined;
      if (event?.cursor !== undefined) variables["after"] = event.cursor;
    }),
  );
});
const authorizing = new SetContextLink(({ headers }) => ({
  headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
}));
const apollo = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    resuming.concat(new GraphQLWsLink(socket)),
    authorizing.concat(new HttpLink({ uri: `${url}/graphql` })),
  ),
});

const pageOf = (place: Place) => ({
  query: talk.ConversationDocument,
  variables: { id: places.get(place) ?? "", last: 100 },
});

/** Puts a message at the end of the page. One that changes later is brought up to date by its id alone. */
function append(place: Place, message: talk.MessagePartsFragment): void {
  apollo.cache.updateQuery(pageOf(place), (data) => {
    if (data?.conversation == null) return data;
    const { conversation } = data;
    const nodes = [...conversation.messages.nodes, message];
    return { conversation: { ...conversation, messages: { ...conversation.messages, nodes } } };
  });
  print({ says: "heard", in: place, change: "added", seq: message.seq });
}

function take(place: Place, event: talk.ConversationEventsSubscription["conversationEvents"]): void {
  switch (event.__typename) {
    case "MessageAdded":
      return append(place, event.edge.node);
    case "MessageUpdated":
      return print({ says: "heard", in: place, change: "updated", seq: event.message.seq });
    case "ResyncRequired":
      throw new Error("This program is never away for so long.");
  }
}

function eventOf<Data>({ data, error }: { data?: Data; error?: unknown }): Data {
  if (data === undefined) throw new Error("An event without data.", { cause: error });
  return data;
}

await chat(
  {
    logIn: (accessToken) => {
      token = accessToken;
    },
    async query(query, variables) {
      const options = { query, variables, fetchPolicy: "network-only" } as ApolloClient.QueryOptions<never>;
      return (await apollo.query(options)).data as never;
    },
    async mutate(mutation, variables) {
      const options = { mutation, variables } as ApolloClient.MutateOptions<never>;
      return (await apollo.mutate(options)).data as never;
    },
    /** Reads the conversation, and listens from the very point at which it was read. */
    async enter(place, id) {
      places.set(place, id);
      const { data } = await apollo.query({ ...pageOf(place), fetchPolicy: "network-only" });
      const variables = { conversationId: id, after: data?.conversation?.cursor ?? null };
      if (place === "direct") {
        apollo.subscribe({ query: talk.MessageAddedDocument, variables }).subscribe((result) => {
          append(place, eventOf(result).messageAdded);
        });
      } else {
        apollo.subscribe({ query: talk.ConversationEventsDocument, variables }).subscribe((result) => {
          take(place, eventOf(result).conversationEvents);
        });
      }
    },
    screen: (place) => apollo.readQuery(pageOf(place))?.conversation?.messages.nodes ?? [],
    async close() {
      apollo.stop();
      await socket.dispose();
    },
  },
  username,
);

import { afterAll, beforeAll, expect, test } from "vitest";

import { contents, history, send } from "../log/support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type DeafClient, deafClient } from "./support/deaf-client.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`;

async function deaf(who: Person): Promise<DeafClient> {
  const client = await deafClient(server.url);
  client.say({ type: "connection_init", payload: { token: who.accessToken } });
  await client.hears("connection_ack");
  return client;
}

const says = (client: DeafClient, conversationId: string, content: string): void =>
  client.say({
    id: content,
    type: "subscribe",
    payload: { query: SEND, variables: { input: { conversationId, content } } },
  });

/** Everything that people have said, after ann said something else: what was begun before her is done by then. */
async function said(conversationId: string): Promise<string[]> {
  await send(ann, conversationId, "ann");
  const all = await history(ann, conversationId);
  return contents(all.filter(({ sender }) => sender !== null));
}

test("a client that ignores that it is sent away at a logout stores nothing more", async () => {
  const zed = await person(server, "zed");
  const { id } = await room(zed);
  await ann.graphql(`mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { __typename } }`, {
    input: { roomId: id },
  });
  const client = await deaf(zed);
  says(client, id, "before");
  await client.hears(`{"id":"before","type":"complete"}`);
  await zed.graphql("mutation { logout { __typename } }");
  await client.hears("Logged out");
  says(client, id, "after");
  await client.leave();
  expect(await said(id)).toEqual(["before", "ann"]);
});

test("a client that ignores that it is sent away for what it said stores nothing more", async () => {
  const { id } = await room(ann);
  const client = await deaf(ann);
  client.say({ type: "connection_init" });
  await client.hears("Too many initialisation requests");
  says(client, id, "after");
  await client.leave();
  expect(await said(id)).toEqual(["ann"]);
});

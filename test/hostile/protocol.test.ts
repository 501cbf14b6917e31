import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ask } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type RawSocket, closeOf, rawSocket } from "../support/raw-socket.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

async function admitted(): Promise<RawSocket> {
  const socket = await rawSocket(server.wsUrl);
  socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
  expect(await socket.hear()).toEqual({ type: "connection_ack" });
  return socket;
}

describe("the root field of a subscription", () => {
  test.each([
    ["with @skip", "subscription { messageAdded @skip(if: true) { id } }"],
    ["with @skip that changes nothing", "subscription { messageAdded @skip(if: false) { id } }"],
    ["with @include", "subscription { messageAdded @include(if: true) { id } }"],
    ["with @include by a variable", "subscription ($on: Boolean = true) { messageAdded @include(if: $on) { id } }"],
    ["with an alias and @skip", "subscription { a: messageAdded @skip(if: true) { id } }"],
    ["in an inline fragment with @skip", "subscription { ... @skip(if: true) { messageAdded { id } } }"],
    [
      "with @skip in an inline fragment",
      "subscription { ... on Subscription { messageAdded @skip(if: true) { id } } }",
    ],
    [
      "in a fragment with @include",
      "subscription { ...F @include(if: true) } fragment F on Subscription { messageAdded { id } }",
    ],
    [
      "with @include in a fragment",
      "subscription { ...F } fragment F on Subscription { messageAdded @include(if: true) { id } }",
    ],
    [
      "with @skip in a fragment of a fragment",
      `subscription { ...F } fragment F on Subscription { ... { ...G } }
       fragment G on Subscription { messageAdded @skip(if: true) { id } }`,
    ],
  ])("%s is refused, and the connection goes on", async (_, query) => {
    const socket = await admitted();
    socket.say({ id: "1", type: "subscribe", payload: { query } });
    expect(await socket.hear()).toMatchObject({
      id: "1",
      type: "error",
      payload: [{ extensions: { code: "BAD_USER_INPUT" } }],
    });
    socket.say({ id: "1", type: "subscribe", payload: { query: "{ __typename @skip(if: false) }" } });
    expect(await socket.hear()).toMatchObject({ id: "1", type: "next", payload: { data: { __typename: "Query" } } });
    socket.ws.close();
  });

  test("may have @skip and @include below it, in fragments too", async () => {
    const socket = await admitted();
    const query = `subscription {
      conversationChanged { change @include(if: true) conversationId @skip(if: true) ... @include(if: true) { ...Where } }
    }
    fragment Where on ConversationEvent { conversation @include(if: true) { id @skip(if: true) title } }`;
    socket.say({ id: "1", type: "subscribe", payload: { query } });
    await expect.poll(() => server.services.viewers.size, { timeout: 10_000 }).toBe(1);
    await ann.graphql(`mutation { createGroup(input: { name: "Tea", memberIds: [] }) { __typename } }`);
    expect(await socket.hear()).toEqual({
      id: "1",
      type: "next",
      payload: { data: { conversationChanged: { change: "CREATED", conversation: { title: "Tea" } } } },
    });
    socket.ws.close();
  });
});

describe("a message that only servers send", () => {
  const messages = [
    { type: "connection_ack" },
    { id: "1", type: "next", payload: { data: {} } },
    { id: "1", type: "error", payload: [{ message: "no" }] },
  ];

  test.each(messages)("$type ends the connection with 4400, and the server goes on", async (message) => {
    const others = ann.ws();
    for (const open of [() => rawSocket(server.wsUrl), admitted]) {
      const socket = await open();
      const closed = closeOf(socket.ws);
      socket.say(message);
      expect(await closed).toMatchObject({ code: 4400 });
    }
    expect(await ask(others, "{ viewer { user { username } } }")).toEqual({
      data: { viewer: { user: { username: "ann" } } },
    });
    await others.dispose();
  });
});

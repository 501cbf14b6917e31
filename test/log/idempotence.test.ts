import { afterAll, beforeAll, expect, test } from "vitest";

import { SAID, type Said, contents, history, reads, says, send, tries } from "./support/talk.ts";
import { ask } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { does, refusal, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
});
afterAll(() => server.stop());

test("the same content under the same clientMessageId is one message, however often it is sent", async () => {
  const first = await send(ann, tea, "once", { clientMessageId: "a-1" });
  const { lastSeq } = await reads(ann, tea);
  expect(await send(ann, tea, "once", { clientMessageId: "a-1" })).toEqual(first);
  expect((await reads(ann, tea)).lastSeq).toBe(lastSeq);
});

test("a repeat answers with the message as it is by now", async () => {
  const { id } = await send(ann, tea, "as sent", { clientMessageId: "a-2" });
  await says(ann, "editMessage", { messageId: id, content: "as edited" });
  expect(await send(ann, tea, "as sent", { clientMessageId: "a-2" })).toMatchObject({ id, content: "as edited" });
  await says(ann, "deleteMessage", { messageId: id });
  expect(await send(ann, tea, "as sent", { clientMessageId: "a-2" })).toMatchObject({ id, isDeleted: true });
});

test("anything else under a clientMessageId that is taken is a conflict, in another conversation too", async () => {
  const { id } = await send(ann, tea, "said", { clientMessageId: "a-3" });
  const other = (await room(ann)).id;
  for (const input of [
    { conversationId: tea, content: "said otherwise" },
    { conversationId: tea, content: "said", replyToId: id },
    { conversationId: tea, content: "said", isEncrypted: true },
    { conversationId: other, content: "said" },
  ]) {
    const again = tries(ann, "sendMessage", { ...input, clientMessageId: "a-3" });
    expect(await refusal(again)).toBe("CONFLICT clientMessageId");
  }
  expect((await reads(ann, other)).lastSeq).toBe(1);
});

test("a clientMessageId is the sender's own: another's is another message", async () => {
  const [one, other] = [
    await send(ann, tea, "hi", { clientMessageId: "b" }),
    await send(bob, tea, "hi", { clientMessageId: "b" }),
  ];
  expect(other.id).not.toBe(one.id);
});

test("messages without a clientMessageId are never taken for one another", async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, async () => (await send(ann, tea, "hello hello")).id));
  expect(new Set(ids).size).toBe(10);
});

test.for([
  ["empty", ""],
  ["of 101 characters", "x".repeat(101)],
  ["with NUL", "\0"],
  ["with half of a surrogate pair", "\uD83D"],
])("a clientMessageId that is %s is refused", async ([, clientMessageId]) => {
  const sent = tries(ann, "sendMessage", { conversationId: tea, content: "x", clientMessageId });
  expect(await refusal(sent)).toBe("BAD_USER_INPUT clientMessageId");
});

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ...Said } } } ${SAID}`;

test("ten at once over ten connections become one message, and all ten are answered with it", async () => {
  const clients = Array.from({ length: 10 }, () => ann.ws());
  const input = { conversationId: tea, content: "all at once", clientMessageId: "c" };
  const answers = await Promise.all(clients.map((client) => ask(client, SEND, { input })));
  const messages = answers.map(({ data }) => data.sendMessage.message as Said);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
  expect(contents(await history(ann, tea)).filter((content) => content === "all at once")).toHaveLength(1);
  await Promise.all(clients.map((client) => client.dispose()));
});

test("of ten different messages at once under one clientMessageId one is taken and nine are conflicts", async () => {
  const clients = Array.from({ length: 10 }, () => ann.ws());
  const answers = await Promise.all(
    clients.map((client, index) =>
      ask(client, SEND, { input: { conversationId: tea, content: `number ${index}`, clientMessageId: "d" } }),
    ),
  );
  const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "taken");
  expect(codes.toSorted()).toEqual([...Array.from({ length: 9 }, () => "CONFLICT"), "taken"]);
  expect(contents(await history(ann, tea)).filter((content) => content.startsWith("number "))).toHaveLength(1);
  await Promise.all(clients.map((client) => client.dispose()));
});

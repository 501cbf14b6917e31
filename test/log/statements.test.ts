import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { sendMany } from "./support/crowd.ts";
import { listen } from "./support/ear.ts";
import { EVENTS, type LogEvent } from "./support/events.ts";
import { direct } from "./support/friends.ts";
import { countStatements, statementsOf } from "./support/statements.ts";
import { asks, reads, says, send } from "./support/talk.ts";
import { did } from "../support/messages.ts";
import { type Variables, ask } from "../support/graphql-client.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let count: () => number;
let ann: Person;
let others: Person[];

beforeAll(async () => {
  // What the server looks at every few seconds is not what is counted.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  server = await startServer();
  ann = await person(server, "ann");
  others = await Promise.all(Array.from({ length: 12 }, (_, n) => person(server, `other-${n}`)));
  count = countStatements(server);
});
afterAll(async () => {
  await server.stop();
  vi.useRealTimers();
});

const HISTORY = `query ($id: ID!, $last: Int!) { conversation(id: $id) {
  cursor
  messages(last: $last) { nodes {
    content cursor sender { username displayName } mentions { username } reactions { emoji count users { username } }
    replyTo { content sender { username } } conversation { id unreadCount }
  } }
} }`;

/** The fewest statements of a few tries: what jobs do meanwhile is not what is counted. */
async function fewest(work: () => Promise<unknown>): Promise<number> {
  await jobsDone(server);
  const counts: number[] = [];
  for (let tries = 0; tries < 4; tries += 1) counts.push(await statementsOf(count, work));
  return Math.min(...counts);
}

/** Statements that a query takes; asked once before, so that what is remembered of the session does not count. */
async function taken(query: string, variables: Variables = {}): Promise<number> {
  await asks(ann, query, variables);
  return fewest(() => asks(ann, query, variables));
}

test("a page of fifty messages with senders, answers and reactions takes as many statements as one of five", async () => {
  const { id } = await room(ann);
  await Promise.all(others.map((other) => does(other, "joinRoom", { roomId: id })));
  let replyToId: string | null = null;
  for (let n = 0; n < 50; n += 1) {
    const [sender, fan] = [others[n % 12] as Person, others[(n + 5) % 12] as Person];
    const message = await send(sender, id, `number ${n} for @other-${n % 7}`, { replyToId });
    await says(fan, "addReaction", { messageId: message.id, emoji: n % 2 === 0 ? "👍" : "🎉" });
    replyToId = message.id;
  }
  const five = await taken(HISTORY, { id, last: 5 });
  expect(await taken(HISTORY, { id, last: 50 })).toBe(five);
  // Begin and commit of the snapshot, the conversation, the page, its answers, people twice (senders, reactors), reactions,
  // conversations, unread counts.
  expect(five).toBeLessThanOrEqual(12);
});

const CONVERSATIONS = `query ($first: Int!) { viewer { conversations(first: $first) { nodes {
  title cursor unreadCount memberCount lastMessage { content sender { username } } viewerMembership { role }
  ... on DirectConversation { peer { username friendship } }
  ... on Room { createdBy { username } }
  messages(last: 3) { nodes { content sender { username } } }
} } } }`;

test("a list of many conversations with newest messages, unread counts and peers takes as many statements as one of few", async () => {
  for (const [n, other] of others.entries()) {
    await send(other, await direct(ann, other), `hello from ${n}`);
    const { id } = await room(other);
    await does(ann, "joinRoom", { roomId: id });
    await send(other, id, `welcome to ${n}`);
  }
  const few = await taken(CONVERSATIONS, { first: 3 });
  expect(await taken(CONVERSATIONS, { first: 25 })).toBe(few);
  expect(few).toBeLessThanOrEqual(16);
});

const MESSAGES = `query ($id: ID!, $last: Int!) { conversation(id: $id) { messages(last: $last) { nodes {
  readReceipts(first: 5) { nodes { readAt user { username } } } editHistory(first: 3) { nodes { content } }
  isPinned pinnedBy { username } forwardedFrom { content sender { username } }
} } } }`;

test("a page of fifty messages with receipts, pins, pasts and sources takes as many statements as one of five", async () => {
  const { id } = await room(ann);
  await Promise.all(others.map((other) => does(other, "joinRoom", { roomId: id })));
  const { id: source } = await send(ann, id, "to be repeated");
  for (let n = 0; n < 50; n += 1) {
    const who = others[n % 12] as Person;
    const { messages } = await did(
      who,
      "forwardMessages",
      { messageIds: [source], conversationIds: [id] },
      "messages { id }",
    );
    const messageId = messages[0].id;
    await did(who, "editMessage", { messageId, content: `repeated ${n}` }, "message { id }");
    await did(ann, n % 2 === 0 ? "pinMessage" : "unpinMessage", { messageId }, "message { id }");
  }
  const five = await taken(MESSAGES, { id, last: 5 });
  expect(await taken(MESSAGES, { id, last: 50 })).toBe(five);
  expect(five).toBeLessThanOrEqual(12);
});

const KEPT = `query ($first: Int!) { viewer { conversations(first: $first) { nodes {
  pinnedMessages { content sender { username } } draft { content replyTo { content } }
} } } }`;

test("many conversations with pins and drafts take as many statements as few", async () => {
  for (const other of others) {
    const { id: conversationId } = await room(ann);
    await does(other, "joinRoom", { roomId: conversationId });
    const { id: messageId } = await send(other, conversationId, "pin me");
    await did(ann, "pinMessage", { messageId }, "message { id }");
    await did(ann, "saveDraft", { conversationId, content: "I", replyToId: messageId }, "draft { content }");
  }
  const few = await taken(KEPT, { first: 2 });
  expect(await taken(KEPT, { first: 12 })).toBe(few);
  expect(few).toBeLessThanOrEqual(8);
});

const TO_COME = `query ($first: Int!) { viewer {
  drafts(first: $first) { nodes { content conversation { title } replyTo { content } } }
  scheduledMessages(first: $first) { nodes { content conversation { title } replyTo { content } file { name } } }
} }`;

test("many drafts and scheduled messages take as many statements as few", async () => {
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  for (let n = 0; n < 10; n += 1) {
    const { id: conversationId } = await room(ann);
    const { id: replyToId } = await send(ann, conversationId, "the question");
    await did(ann, "saveDraft", { conversationId, content: "an answer", replyToId }, "draft { content }");
    const input = { conversationId, content: "an answer", replyToId, sendAt };
    await did(ann, "scheduleMessage", input, "scheduledMessage { id }");
  }
  const few = await taken(TO_COME, { first: 2 });
  expect(await taken(TO_COME, { first: 10 })).toBe(few);
  expect(few).toBeLessThanOrEqual(10);
});

test("a reader who missed eighty messages is given them by as many statements as one who missed eight", async () => {
  const { id } = await room(ann);
  await Promise.all(others.map((other) => does(other, "joinRoom", { roomId: id })));
  const client = ann.ws();
  const missed = async (messages: number): Promise<number> => {
    const { cursor } = await reads(ann, id);
    await sendMany(others[messages % 12] as Person, id, messages);
    return fewest(async () => {
      const ear = listen<LogEvent>(client, EVENTS, { id, after: cursor });
      await ear.until(({ length }) => length === messages);
      ear.stop();
    });
  };
  const eight = await missed(8);
  expect(await missed(80)).toBe(eight);
  await client.dispose();
});

test("a send takes one statement besides those of its answer", async () => {
  const { id } = await room(ann);
  const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id seq content } } }`;
  expect(await taken(SEND, { input: { conversationId: id, content: "one statement" } })).toBe(1);
});

test("a hundred sends at once take a few statements", async () => {
  const { id } = await room(ann);
  const client = ann.ws();
  const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }`;
  const sends = (): Promise<unknown> => ask(client, SEND, { input: { conversationId: id, content: "one of many" } });
  await sends();
  expect(await statementsOf(count, () => Promise.all(Array.from({ length: 100 }, sends)))).toBeLessThan(30);
  await client.dispose();
});

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { sendMany } from "./support/crowd.ts";
import { listen } from "./support/ear.ts";
import { EVENTS, type LogEvent } from "./support/events.ts";
import { direct } from "./support/friends.ts";
import { countStatements, statementsOf } from "./support/statements.ts";
import { asks, reads, says, send } from "./support/talk.ts";
import { type Variables, ask } from "../support/graphql-client.ts";
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

/** Statements that a query takes; asked twice, so that what is remembered of the session does not count. */
async function taken(query: string, variables: Variables = {}): Promise<number> {
  await asks(ann, query, variables);
  return statementsOf(count, () => asks(ann, query, variables));
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

test("a reader who missed eighty messages is given them by as many statements as one who missed eight", async () => {
  const { id } = await room(ann);
  await Promise.all(others.map((other) => does(other, "joinRoom", { roomId: id })));
  const client = ann.ws();
  const missed = async (messages: number): Promise<number> => {
    const { cursor } = await reads(ann, id);
    await sendMany(others[messages % 12] as Person, id, messages);
    return statementsOf(count, async () => {
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

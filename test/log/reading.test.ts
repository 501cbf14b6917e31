import { afterAll, beforeAll, expect, test } from "vitest";

import { sendMany } from "./support/crowd.ts";
import { asks, asksFor, contents, globalRoom, reads, says, send } from "./support/talk.ts";
import type { Variables } from "../support/graphql-client.ts";
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
  tea = await globalRoom(ann);
  for (let n = 1; n <= 45; n += 1) await send(n % 2 === 0 ? ann : bob, tea, String(n));
});
afterAll(() => server.stop());

const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

test("with nothing said a history opens at its end, with twenty messages, the oldest first", async () => {
  const { messages } = await reads(ann, tea);
  expect(contents(messages.nodes)).toEqual(range(26, 45));
  expect(messages.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
});

test("walked from either end a history shows each message once, in the same order", async () => {
  const forward: string[] = [];
  for (let after: string | null = null; ;) {
    const { messages } = await reads(ann, tea, { first: 10, after });
    forward.push(...contents(messages.nodes));
    after = messages.pageInfo.endCursor;
    if (!messages.pageInfo.hasNextPage) break;
  }
  const backward: string[] = [];
  for (let before: string | null = null; ;) {
    const { messages } = await reads(ann, tea, { last: 10, before });
    backward.unshift(...contents(messages.nodes));
    before = messages.pageInfo.startCursor;
    if (!messages.pageInfo.hasPreviousPage) break;
  }
  expect(forward).toEqual(range(1, 45));
  expect(backward).toEqual(range(1, 45));
});

test("a page between two cursors holds what is strictly between them", async () => {
  const { messages } = await reads(ann, tea, { first: 45 });
  const [tenth, twentieth] = [messages.edges[9]?.cursor, messages.edges[19]?.cursor];
  const all = await reads(ann, tea, { first: 100, after: tenth, before: twentieth });
  expect(contents(all.messages.nodes)).toEqual(range(11, 19));
  const firstThree = await reads(ann, tea, { first: 3, after: tenth, before: twentieth });
  expect(contents(firstThree.messages.nodes)).toEqual(range(11, 13));
  const lastThree = await reads(ann, tea, { last: 3, after: tenth, before: twentieth });
  expect(contents(lastThree.messages.nodes)).toEqual(range(17, 19));
  const none = await reads(ann, tea, { first: 5, after: messages.pageInfo.endCursor });
  expect(none.messages).toMatchObject({
    nodes: [],
    pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
  });
});

test("a page is of one to a hundred, from one end, by cursors of this list", async () => {
  const refused = (page: Variables): Promise<string> => refusal(asksFor(ann, tea, page));
  expect(await refused({ first: 0 })).toBe("BAD_USER_INPUT first");
  expect(await refused({ first: -1 })).toBe("BAD_USER_INPUT first");
  expect(await refused({ first: 101 })).toBe("BAD_USER_INPUT first");
  expect(await refused({ last: 0 })).toBe("BAD_USER_INPUT last");
  expect(await refused({ last: 101 })).toBe("BAD_USER_INPUT last");
  expect(await refused({ first: 1, last: 1 })).toBe("BAD_USER_INPUT last");
  const { cursor } = await reads(ann, tea);
  for (const foreign of ["", "x", cursor, Buffer.from('["a"]').toString("base64url"), "x".repeat(2_000)]) {
    expect(await refused({ first: 1, after: foreign })).toBe("BAD_USER_INPUT after");
    expect(await refused({ last: 1, before: foreign })).toBe("BAD_USER_INPUT before");
  }
});

test("what others wrote is unread until it is read, what one wrote oneself, deleted or heard of the server is not", async () => {
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id });
  const unread = async (who: Person): Promise<number> => (await reads(who, id)).unreadCount;
  expect([await unread(ann), await unread(bob)]).toEqual([0, 0]);
  const [first] = [await send(ann, id, "one"), await send(ann, id, "two"), await send(ann, id, "three")];
  expect([await unread(ann), await unread(bob)]).toEqual([0, 3]);
  await says(ann, "deleteMessage", { messageId: first.id });
  expect(await unread(bob)).toBe(2);
  await send(bob, id, "my own words mean that I have read");
  expect([await unread(ann), await unread(bob)]).toEqual([1, 0]);
});

const MARK_READ = `mutation ($input: MarkReadInput!) { markRead(input: $input) {
  conversation { unreadCount } member { lastReadSeq lastReadAt } } }`;

test("a reading position moves up to a message, by seq or by message, and never back", async () => {
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id });
  const sent = [await send(ann, id, "one"), await send(ann, id, "two"), await send(ann, id, "three")];
  const seqs = sent.map(({ seq }) => seq);
  const mark = async (input: Variables) =>
    (await asks(bob, MARK_READ, { input: { conversationId: id, ...input } })).markRead;
  const two = await mark({ messageId: sent[1]?.id });
  expect(two).toMatchObject({ conversation: { unreadCount: 1 }, member: { lastReadSeq: seqs[1] } });
  expect(await mark({ seq: seqs[0] })).toEqual(two);
  expect(await mark({ seq: seqs[2] })).toMatchObject({
    conversation: { unreadCount: 0 },
    member: { lastReadSeq: seqs[2] },
  });
});

test("a reading position is given once, of a message that is there, by a member", async () => {
  const { id } = await room(ann);
  const elsewhere = await send(ann, tea, "elsewhere");
  const refused = (who: Person, input: Variables): Promise<string> =>
    refusal(who.graphql(MARK_READ, { input: { conversationId: id, ...input } }));
  expect(await refused(ann, {})).toBe("BAD_USER_INPUT seq");
  expect(await refused(ann, { seq: 1, messageId: elsewhere.id })).toBe("BAD_USER_INPUT seq");
  expect(await refused(ann, { seq: -1 })).toBe("BAD_USER_INPUT seq");
  expect(await refused(ann, { seq: 2 })).toBe("BAD_USER_INPUT seq");
  expect(await refused(ann, { messageId: elsewhere.id })).toBe("NOT_FOUND messageId");
  expect(await refused(bob, { seq: 1 })).toBe("FORBIDDEN conversationId");
  const hidden = (await room(ann, { visibility: "PRIVATE" })).id;
  for (const conversationId of [hidden, "conv_999999"]) {
    expect(await refused(bob, { conversationId, seq: 1 })).toBe("NOT_FOUND conversationId");
  }
});

test("unread messages are counted up to 999, and in all conversations together", async () => {
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id });
  const VIEWER = `{ viewer { unreadMessageCount } }`;
  const before: number = (await asks(bob, VIEWER)).viewer.unreadMessageCount;
  await sendMany(ann, id, 1_005);
  expect((await reads(bob, id)).unreadCount).toBe(999);
  expect((await asks(bob, VIEWER)).viewer.unreadMessageCount).toBe(before + 999);
});

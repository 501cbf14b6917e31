import { afterAll, beforeAll, expect, test } from "vitest";

import { send } from "./log/support/talk.ts";
import { conversation, did, message, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  const people = ["ann", "bob", "cat", "eve"] as const;
  const all: Person[] = [];
  for (const name of people) all.push(await person(server, name));
  [ann, bob, cat, eve] = all as [Person, Person, Person, Person];
});
afterAll(() => server.stop());

interface Receipt {
  readonly user: { readonly username: string };
  readonly readAt: string;
}

const RECEIPTS = "readReceipts { nodes { user { username } readAt } }";

async function receipts(who: Person, id: string): Promise<readonly Receipt[]> {
  return (await message(who, id, RECEIPTS)).readReceipts.nodes;
}

const readers = async (who: Person, id: string): Promise<string[]> =>
  (await receipts(who, id)).map(({ user }) => user.username);

const reads = (who: Person, conversationId: string, seq: number) =>
  did(who, "markRead", { conversationId, seq }, "member { lastReadSeq lastReadAt lastDeliveredSeq lastDeliveredAt }");

/** A public room of ann's with bob and cat in it. */
async function teaRoom(): Promise<string> {
  const { id } = await room(ann);
  for (const who of [bob, cat]) await does(who, "joinRoom", { roomId: id });
  return id;
}

test("a member who has read up to a message has read it, at the time at which they first did; its sender is no reader", async () => {
  const tea = await teaRoom();
  const [one, two, three] = [await send(ann, tea, "one"), await send(ann, tea, "two"), await send(ann, tea, "three")];
  const early = (await reads(bob, tea, two.seq)).member.lastReadAt;
  const late = (await reads(bob, tea, three.seq)).member.lastReadAt;
  expect(await receipts(ann, one.id)).toEqual([{ user: { username: "bob" }, readAt: early }]);
  expect(await receipts(ann, two.id)).toEqual([{ user: { username: "bob" }, readAt: early }]);
  expect(await receipts(cat, three.id)).toEqual([{ user: { username: "bob" }, readAt: late }]);
});

test("who writes after a message has read it, at the time at which they wrote", async () => {
  const tea = await teaRoom();
  const [one, two] = [await send(ann, tea, "one"), await send(ann, tea, "two")];
  expect(await readers(ann, two.id)).toEqual([]);
  const answer = await send(bob, tea, "answer");
  const { createdAt } = await message(bob, answer.id, "createdAt");
  await send(bob, tea, "and more");
  for (const { id } of [one, two])
    expect(await receipts(ann, id)).toEqual([{ user: { username: "bob" }, readAt: createdAt }]);
  expect(await readers(ann, answer.id)).toEqual([]);
});

test("who writes after having read all adds nothing to what is kept, and their first reading counts", async () => {
  const tea = await teaRoom();
  const { id, seq } = await send(ann, tea, "hello");
  const { member } = await reads(bob, tea, seq);
  await send(bob, tea, "answer");
  await send(bob, tea, "another");
  expect(await receipts(ann, id)).toEqual([{ user: { username: "bob" }, readAt: member.lastReadAt }]);
  const { rows } = await server.services.database.pool.query(
    "select seq from read_advances where conversation_id = $1 and user_id = $2",
    [Number(tea.slice(5)), Number(bob.id.slice(5))],
  );
  expect(rows).toEqual([{ seq: String(seq) }]);
});

test("messages that are written at once by many are read by each who wrote after them", async () => {
  const tea = await teaRoom();
  const sent = await Promise.all([ann, bob, cat, ann, bob, cat].map((who, n) => send(who, tea, `at once ${n}`)));
  const inOrder = sent.toSorted((one, other) => one.seq - other.seq);
  for (const { id, seq, sender } of inOrder) {
    const later = inOrder.filter((other) => other.seq > seq).map((other) => other.sender?.username);
    const expected = new Set(later.filter((name) => name !== sender?.username));
    expect(new Set(await readers(ann, id))).toEqual(expected);
  }
});

test("who came in later has not read what was said before, and who left is not shown", async () => {
  const tea = await teaRoom();
  const { id, seq } = await send(ann, tea, "before");
  await does(eve, "joinRoom", { roomId: tea });
  await reads(bob, tea, seq);
  const after = await send(ann, tea, "after");
  await reads(eve, tea, after.seq);
  expect(await readers(ann, id)).toEqual(["bob"]);
  expect(await readers(ann, after.id)).toEqual(["eve"]);
  await does(eve, "leaveConversation", { conversationId: tea });
  expect(await readers(ann, after.id)).toEqual([]);
});

test("of who was away and came back counts what they had read before, and not what was said meanwhile", async () => {
  const tea = await teaRoom();
  const read = await send(ann, tea, "read before");
  const { member } = await reads(bob, tea, read.seq);
  await does(bob, "leaveConversation", { conversationId: tea });
  const missed = await send(ann, tea, "missed");
  await does(bob, "joinRoom", { roomId: tea });
  const back = await send(ann, tea, "welcome back");
  await reads(bob, tea, back.seq);
  expect(await receipts(ann, read.id)).toEqual([{ user: { username: "bob" }, readAt: member.lastReadAt }]);
  expect(await readers(ann, missed.id)).toEqual([]);
  expect(await readers(ann, back.id)).toEqual(["bob"]);
});

test("receipts are read page by page, in the order of accounts, and a page is bounded", async () => {
  const tea = await teaRoom();
  await does(eve, "joinRoom", { roomId: tea });
  const { id, seq } = await send(ann, tea, "hello");
  for (const who of [eve, cat, bob]) await reads(who, tea, seq);
  const page = `readReceipts(first: 2) { nodes { user { username } } pageInfo { hasNextPage endCursor } }`;
  const { readReceipts } = await message(ann, id, page);
  expect(readReceipts).toMatchObject({
    nodes: [{ user: { username: "bob" } }, { user: { username: "cat" } }],
    pageInfo: { hasNextPage: true },
  });
  const rest = await message(
    ann,
    id,
    `readReceipts(after: "${readReceipts.pageInfo.endCursor}") { nodes { user { username } } }`,
  );
  expect(rest.readReceipts.nodes).toEqual([{ user: { username: "eve" } }]);
  const asked = ann.graphql(`query ($id: ID!) { message(id: $id) { readReceipts(first: 101) { nodes { readAt } } } }`, {
    id,
  });
  expect(await refusal(asked)).toBe("BAD_USER_INPUT first");
});

test("who reads a public room without being in it sees no receipts", async () => {
  const tea = await teaRoom();
  const { id, seq } = await send(ann, tea, "hello");
  await reads(bob, tea, seq);
  expect(await message(eve, id, `content ${RECEIPTS}`)).toEqual({ content: "hello", readReceipts: { nodes: [] } });
});

test("in a conversation of more than five thousand nobody is looked for", async () => {
  const tea = await teaRoom();
  const { id, seq } = await send(ann, tea, "hello");
  await reads(bob, tea, seq);
  const { pool } = server.services.database;
  const people = (count: number) =>
    pool.query("update conversations set member_count = $2 where id = $1", [tea.split("_")[1], count]);
  await people(5_000);
  expect(await readers(ann, id)).toEqual(["bob"]);
  await people(5_001);
  expect(await readers(ann, id)).toEqual([]);
});

const delivers = (who: Person, conversationId: string, seq: number) =>
  did(who, "markDelivered", { conversationId, seq }, "member { lastDeliveredSeq lastDeliveredAt lastReadSeq }");

test("a delivered mark moves up and never back, stays at or above what was read, and says when", async () => {
  const tea = await teaRoom();
  const sent = [await send(ann, tea, "one"), await send(ann, tea, "two"), await send(ann, tea, "three")];
  const [one, two, three] = sent.map(({ seq }) => seq) as [number, number, number];
  const first = await delivers(bob, tea, two);
  expect(first.member).toMatchObject({ lastDeliveredSeq: two });
  expect(first.member.lastReadSeq).toBeLessThan(one);
  expect((await delivers(bob, tea, one)).member).toEqual(first.member);
  expect((await reads(bob, tea, one)).member).toMatchObject({
    lastReadSeq: one,
    lastDeliveredSeq: two,
    lastDeliveredAt: first.member.lastDeliveredAt,
  });
  const read = (await reads(bob, tea, three)).member;
  expect(read).toMatchObject({ lastReadSeq: three, lastDeliveredSeq: three, lastDeliveredAt: read.lastReadAt });
  const { members } = await conversation(ann, tea, "members { nodes { user { username } lastDeliveredSeq } }");
  expect(members.nodes).toContainEqual({ user: { username: "bob" }, lastDeliveredSeq: three });
});

test("nothing is delivered that was not written, nor to whom it is not for", async () => {
  const tea = await teaRoom();
  const hidden = (await room(ann, { visibility: "PRIVATE" })).id;
  const { seq } = await send(ann, tea, "newest");
  const attempt = (who: Person, conversationId: string, up: number) =>
    refusal(tries(who, "markDelivered", { conversationId, seq: up }, "member { id }"));
  expect(await attempt(bob, tea, seq + 1)).toBe("BAD_USER_INPUT seq");
  expect(await attempt(bob, tea, -1)).toBe("BAD_USER_INPUT seq");
  expect(await attempt(eve, tea, seq)).toBe("FORBIDDEN conversationId");
  expect(await attempt(bob, hidden, 1)).toBe("NOT_FOUND conversationId");
});

test("what was read goes with the conversation, and with the reader", async () => {
  const { pool } = server.services.database;
  const left = async (column: string, id: string): Promise<number> => {
    const { rowCount } = await pool.query(`select 1 from read_advances where ${column} = $1`, [id.split("_")[1]]);
    return rowCount ?? 0;
  };
  const tea = await teaRoom();
  const leaver = await person(server, "leaver");
  await does(leaver, "joinRoom", { roomId: tea });
  const { seq } = await send(ann, tea, "hello");
  for (const who of [bob, leaver]) await reads(who, tea, seq);
  const before = await left("conversation_id", tea);
  expect([await left("user_id", leaver.id), before]).toEqual([1, expect.toSatisfy((rows: number) => rows >= 2)]);
  await pool.query("delete from users where id = $1", [leaver.id.split("_")[1]]);
  expect([await left("user_id", leaver.id), await left("conversation_id", tea)]).toEqual([0, before - 1]);
  await does(ann, "deleteConversation", { conversationId: tea });
  expect(await left("conversation_id", tea)).toBe(0);
});

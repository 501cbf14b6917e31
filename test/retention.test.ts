import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator, attempt, audited, does, nobody, refusalOf } from "./support/administration.ts";
import type { Data } from "./support/graphql-client.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { type Person, person } from "./support/people.ts";
import { notes, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

const CONVERSATION = `query ($id: ID!, $after: String, $first: Int) { conversation(id: $id) {
  lastSeq cursor unreadCount retention { days messages }
  lastMessage { content } pinnedMessages { content }
  messages(first: $first, after: $after) { nodes { seq content replyTo { content } } pageInfo { hasNextPage hasPreviousPage endCursor } }
} }`;
const ANSWER = "conversation { retention { days messages } }";

let server: TestServer;
let root: Person;
let ann: Person;
let bob: Person;
let cat: Person;

beforeAll(async () => {
  server = await startServer({ retentionDays: 30 });
  root = await administrator(server);
  [ann, bob, cat] = [await person(server, "ann"), await person(server, "bob"), await person(server, "cat")];
});
afterAll(() => server.stop());

const sql = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
const numberOf = (id: string): number => Number(id.split("_")[1]);
const say = async (who: Person, conversationId: string, content: string, more: object = {}): Promise<Data> =>
  (await does(who, "sendMessage", { conversationId, content, ...more }, "message { id seq content cursor }")).message;
const keep = (who: Person, conversationId: string, keeping: object) =>
  does(who, "setRetention", { conversationId, ...keeping }, ANSWER);
const read = async (who: Person, id: string, page: object = { first: 100 }): Promise<Data> => {
  const { data, errors } = await who.graphql(CONVERSATION, { id, ...page });
  expect(errors).toBeUndefined();
  return data.conversation;
};
const contents = ({ messages }: Data): string[] => messages.nodes.map(({ content }: Data) => content);

/** The hour comes at which old messages go. */
async function theHour(): Promise<void> {
  await sql("select graphile_worker.add_job('retention')");
  await comeTime(server, "retention");
}

/** As if so many days had passed since a conversation's messages up to a number were written. */
const ago = (conversationId: string, seq: number, days: number) =>
  sql("update messages set created_at = now() - make_interval(days => $3) where conversation_id = $1 and seq <= $2", [
    numberOf(conversationId),
    seq,
    days,
  ]);

/** A room of ann's with bob in it and ten messages: 3 to 12. */
async function tea(): Promise<string> {
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id }, "room { id }");
  for (let n = 3; n <= 12; n += 1) await say(ann, id, `number ${n}`);
  return id;
}

describe("retention", () => {
  test("removes what is older than the server keeps, and what is more than a room keeps", async () => {
    const [old, full] = [await tea(), await tea()];
    await ago(old, 8, 31);
    await keep(ann, full, { messages: 4 });
    await theHour();
    expect(contents(await read(bob, old))).toEqual(["number 9", "number 10", "number 11", "number 12"]);
    expect(contents(await read(bob, full))).toEqual([
      "number 10",
      "number 11",
      "number 12",
      "ann set that messages are kept for 30 days and up to the newest 4.",
    ]);
  });

  test("leaves the log counting, its pages and cursors whole, and what hung on the messages is gone", async () => {
    const id = await tea();
    const early = await read(ann, id, { first: 3 });
    const [third] = (await sql("select id from messages where conversation_id = $1 and seq = 3", [numberOf(id)])).rows;
    const messageId = `msg_${third.id}`;
    await does(bob, "addReaction", { messageId, emoji: "👍" }, "message { id }");
    await does(ann, "pinMessage", { messageId }, "message { id }");
    await does(ann, "editMessage", { messageId, content: "number three" }, "message { id }");
    await say(bob, id, "An answer", { replyToId: messageId });
    await say(ann, id, "The last word");
    await ago(id, 12, 40);
    await theHour();

    const now = await read(bob, id);
    expect(contents(now)).toEqual(["An answer", "The last word"]);
    expect(now).toMatchObject({
      lastSeq: 14,
      unreadCount: 1,
      pinnedMessages: [],
      lastMessage: { content: "The last word" },
    });
    expect(now.messages.nodes[0].replyTo).toBeNull();
    // Who was in the middle of the history that is gone goes on with what remains.
    expect(contents(await read(bob, id, { first: 1, after: early.messages.pageInfo.endCursor }))).toEqual([
      "An answer",
    ]);
    for (const table of ["reactions", "message_edits"]) {
      expect((await sql(`select 1 from ${table} where message_id = $1`, [third.id])).rows, table).toEqual([]);
    }
    expect(
      (await bob.graphql(`query ($id: ID!) { message(id: $id) { id } }`, { id: messageId })).data.message,
    ).toBeNull();
    expect((await say(ann, id, "And on")).seq).toBe(15);
  });

  test("who was away comes back with a cursor from before, and gets what remains", async () => {
    const id = await tea();
    const { cursor } = await read(bob, id);
    await say(ann, id, "gone soon");
    await say(ann, id, "stays");
    await ago(id, 13, 31);
    await theHour();
    const client = bob.ws();
    try {
      const heard = client.iterate<Data>({
        query: `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
          __typename ... on MessageAdded { edge { node { seq content } } } } }`,
        variables: { id, after: cursor },
      });
      const first = await heard.next();
      expect(first.value?.data?.["conversationEvents"]).toEqual({
        __typename: "MessageAdded",
        edge: { node: { seq: 14, content: "stays" } },
      });
    } finally {
      await client.dispose();
    }
  });

  test("an empty room has no last message, nothing unread and no notification of what is gone", async () => {
    const id = await tea();
    await jobsDone(server);
    const notified = async () =>
      (await sql("select 1 from notifications where conversation_id = $1", [numberOf(id)])).rows.length;
    expect(await notified()).toBe(1);
    await ago(id, 12, 31);
    await theHour();
    expect(await read(bob, id)).toMatchObject({
      lastSeq: 12,
      unreadCount: 0,
      lastMessage: null,
      messages: { nodes: [] },
    });
    expect(await notified()).toBe(0);
    const { rows } = await sql("select 1 from read_advances where conversation_id = $1", [numberOf(id)]);
    expect(rows).toEqual([]);
    expect((await say(bob, id, "Hello?")).seq).toBe(13);
  });

  test("is felt by the search, and by a file that nothing else names", async () => {
    const id = await tea();
    const { seq, id: messageId } = await say(ann, id, "Zebrafish");
    const { rows } = await sql(
      `insert into files (owner_id, token, name, mime_type, size, created_at)
       values ($1, 'x', 'a.txt', 'text/plain', 1, now() - interval '2 days') returning id`,
      [numberOf(ann.id)],
    );
    await sql("update messages set file_id = $1 where id = $2", [rows[0].id, numberOf(messageId)]);
    const found = async () =>
      (await bob.graphql(`{ searchMessages(query: "zebrafish") { nodes { id } } }`)).data.searchMessages.nodes;
    await expect.poll(found, { timeout: 10_000 }).toEqual([{ id: messageId }]);
    await ago(id, seq, 31);
    await theHour();
    expect(await found()).toEqual([]);
    await comeTime(server, "sweepFile");
    expect((await sql("select 1 from files where id = $1", [rows[0].id])).rows).toEqual([]);
  });

  test("goes on where messages are many, a little at a time, and people write meanwhile", async () => {
    const { id } = await room(ann);
    await sql(
      `with moved as (update conversations set last_seq = last_seq + 1700, position = position + 1700 where id = $1 returning id)
       insert into messages (conversation_id, seq, position, added_position, sender_id, type, content, created_at)
       select m.id, n + 1, n + 1, n + 1, $2, 'TEXT', 'old', now() - interval '31 days' from moved m, generate_series(1, 1700) n`,
      [numberOf(id), numberOf(ann.id)],
    );
    await sql("update messages set created_at = now() - interval '32 days' where conversation_id = $1 and seq = 1", [
      numberOf(id),
    ]);
    const [, ...said] = await Promise.all([theHour(), ...[1, 2, 3, 4, 5].map((n) => say(ann, id, `new ${n}`))]);
    expect(said.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([1702, 1703, 1704, 1705, 1706]);
    expect(contents(await read(ann, id)).toSorted()).toEqual([1, 2, 3, 4, 5].map((n) => `new ${n}`));
  });

  test("removes nothing where nothing is said", async () => {
    const other = await startServer();
    try {
      const eve = await person(other, "eve");
      const { id } = await room(eve);
      await other.services.database.pool.query("update messages set created_at = now() - interval '10 years'");
      await other.services.database.pool.query("select graphile_worker.add_job('retention')");
      await comeTime(other, "retention");
      expect(await notes(eve, id)).toEqual(["eve created Tea."]);
    } finally {
      await other.stop();
    }
  });
});

describe("setRetention", () => {
  test("tells what holds, in the log too, and takes it back with nothing", async () => {
    const id = await tea();
    expect((await read(ann, id)).retention).toEqual({ days: 30, messages: null });
    expect(await keep(ann, id, { days: 1, messages: 1_000 })).toEqual({
      conversation: { retention: { days: 1, messages: 1_000 } },
    });
    expect((await read(bob, id)).retention).toEqual({ days: 1, messages: 1_000 });
    await keep(ann, id, { days: 1, messages: 1_000 });
    await keep(ann, id, {});
    expect((await read(bob, id)).retention).toEqual({ days: 30, messages: null });
    expect((await notes(bob, id)).slice(2)).toEqual([
      "ann set that messages are kept for a day and up to the newest 1,000.",
      "ann set that messages are kept for 30 days.",
    ]);
  });

  test("is the owner's and the administrators'; who only reads there may not", async () => {
    const id = await tea();
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "ADMIN" }, "member { role }");
    const told = async (who: Parameters<typeof attempt>[0], input: object = { days: 7 }) =>
      refusalOf(await attempt(who, "setRetention", { conversationId: id, ...input }, ANSWER));
    expect(await told(bob)).toBe("FORBIDDEN conversationId");
    expect(await told(cat)).toBe("FORBIDDEN conversationId");
    expect(await told(nobody(server))).toBe("UNAUTHENTICATED");
    expect(await told(ann, { days: 0 })).toBe("BAD_USER_INPUT days");
    expect(await told(ann, { messages: 0 })).toBe("BAD_USER_INPUT messages");
    expect(await told(ann, { days: 31 })).toBe("BAD_USER_INPUT days");
    expect(await told(root, { days: 36_501 })).toBe("BAD_USER_INPUT days");
    expect((await read(ann, id)).retention).toEqual({ days: 30, messages: null });

    const hidden = await room(ann, { visibility: "PRIVATE" });
    expect(refusalOf(await attempt(bob, "setRetention", { conversationId: hidden.id, days: 7 }, ANSWER))).toBe(
      "NOT_FOUND conversationId",
    );
    const direct = await does(ann, "openDirectConversation", { userId: bob.id }, "conversation { id }");
    expect(
      refusalOf(await attempt(ann, "setRetention", { conversationId: direct.conversation.id, days: 7 }, ANSWER)),
    ).toBe("FORBIDDEN conversationId");
  });

  test("an administrator keeps more than the server, and that stands in the audit log", async () => {
    const id = await tea();
    await keep(root, id, { days: 400 });
    await ago(id, 12, 100);
    await theHour();
    expect(contents(await read(bob, id))).toContain("number 3");
    expect(await audited(root, { action: "setRetention" })).toMatchObject([
      { targetId: id, details: { days: 400, messages: null } },
    ]);
  });
});

import "reflect-metadata";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { activeRooms } from "../src/operations/server-stats.ts";
import { type Asking, administrator, attempt, does, nobody, refusalOf } from "./support/administration.ts";
import { contextOf } from "./support/context.ts";
import type { Data } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { type TestServer, startServer } from "./support/server.ts";

const CHAT = "{ chatStats { users onlineUsers rooms messages messagesToday } }";
const SERVER = `query ($days: Int) { serverStats(days: $days) {
  users deactivatedUsers onlineUsers rooms groups directConversations messages openReports
  days { day messages registrations } } }`;
const CONVERSATION = `query ($id: ID!, $days: Int) { conversationStats(conversationId: $id, days: $days) {
  messages members days { day messages } topSenders { messages user { username } } countedMessages } }`;
const USER = `query ($id: ID) { userStats(userId: $id) {
  messages conversations friends lastUsedAt user { username } } }`;
const A_DAY_MS = 86_400_000;

let server: TestServer;
let root: Person;
let ada: Person;
let bea: Person;
let cyd: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ada, bea, cyd] = [await person(server, "ada"), await person(server, "bea"), await person(server, "cyd")];
});
afterAll(() => server.stop());

const query = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
const numberIn = (id: string): number => Number(id.slice(id.indexOf("_") + 1));

async function group(owner: Person, members: Person[]): Promise<string> {
  const memberIds = members.map(({ id }) => id);
  return (await does(owner, "createGroup", { name: "Us", memberIds }, "group { id }")).group.id;
}

const write = (who: Asking, conversationId: string, content: string) =>
  does(who, "sendMessage", { conversationId, content }, "message { id }");

const statsOf = async (who: Asking, document: string, variables: object): Promise<Data> => {
  const { data, errors } = await who.graphql(document, { ...variables });
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};

/** Today's beginning in UTC, some days ago. */
const midnight = (daysAgo = 0): string =>
  new Date(Math.floor(Date.now() / A_DAY_MS) * A_DAY_MS - daysAgo * A_DAY_MS).toISOString();

/** Messages of one sender, written so many days ago; a conversation is filled from its beginning on. */
async function fill(conversationId: string, sender: Person, count: number, daysAgo: number): Promise<void> {
  await query(
    `with moved as (
       update conversations set last_seq = last_seq + $3, position = position + $3 where id = $1
       returning last_seq - $3 as seq, position - $3 as position)
     insert into messages (conversation_id, seq, position, added_position, sender_id, type, content, created_at)
     select $1, m.seq + n, m.position + n, m.position + n, $2, 'TEXT', 'words',
       date_trunc('day', now(), 'UTC') - make_interval(days => $4) + n * interval '1 millisecond'
     from moved m, generate_series(1, $3::int) n`,
    [numberIn(conversationId), numberIn(sender.id), count, daysAgo],
  );
}

describe("the server's numbers", () => {
  test("count as active the public rooms alone in which something happened today or yesterday", async () => {
    const fresh = await startServer();
    try {
      const one = await person(fresh, "one");
      const { pool } = fresh.services.database;
      await pool.query("update conversations set updated_at = now() - interval '25 hours'");
      const rooms: string[] = [];
      for (const visibility of ["PUBLIC", "PUBLIC", "PRIVATE"])
        rooms.push((await does(one, "createRoom", { name: "Tea", visibility }, "room { id }")).room.id);
      const ctx = await contextOf(fresh, one);
      expect(await activeRooms(ctx)).toBe(2);
      await pool.query("update conversations set updated_at = now() - interval '25 hours'");
      expect(await activeRooms(ctx)).toBe(0);
      await write(one, String(rooms[0]), "tea?");
      await write(one, String(rooms[2]), "hush");
      expect(await activeRooms(ctx)).toBe(1);
      const nobodys = new Context(fresh.services, ctx.origin, ctx.log, null);
      await expect(activeRooms(nobodys)).rejects.toThrow("Log in first.");
    } finally {
      await fresh.stop();
    }
  });

  test("are exact on a small server, and shown to everybody who is logged in", async () => {
    const fresh = await startServer();
    try {
      const admin = await administrator(fresh);
      const [one, other] = [await person(fresh, "one"), await person(fresh, "other")];
      const { room } = await does(one, "createRoom", { name: "Tea", visibility: "PUBLIC" }, "room { id }");
      await does(one, "createRoom", { name: "Cellar", visibility: "PRIVATE" }, "room { id }");
      for (const content of ["a", "b", "c"]) await write(one, room.id, content);
      await does(admin, "deactivateUser", { userId: other.id }, "user { id }");
      const { rows } = await fresh.services.database.pool.query<{ n: string }>("select count(*) as n from messages");
      const messages = Number(rows[0]?.n);
      const told = await statsOf(one, CHAT, {});
      // The room that everybody is in is PUBLIC too.
      expect(told).toEqual({ users: 2, onlineUsers: expect.any(Number), rooms: 2, messages, messagesToday: messages });
      expect(told.onlineUsers).toBeGreaterThan(0);
      expect(refusalOf(await nobody(fresh).graphql(CHAT))).toBe("UNAUTHENTICATED");

      const all = await statsOf(admin, SERVER, { days: 2 });
      expect(all).toMatchObject({
        users: 2,
        deactivatedUsers: 1,
        rooms: 3,
        groups: 0,
        directConversations: 0,
        messages,
      });
      expect(all.days).toEqual([
        { day: midnight(1), messages: 0, registrations: 0 },
        { day: midnight(), messages, registrations: 3 },
      ]);
    } finally {
      await fresh.stop();
    }
  });

  test("are told day by day to administrators alone", async () => {
    expect(refusalOf(await ada.graphql(SERVER))).toBe("FORBIDDEN");
    expect(refusalOf(await nobody(server).graphql(SERVER))).toBe("UNAUTHENTICATED");
    expect((await statsOf(root, SERVER, {})).days).toHaveLength(30);
    for (const days of [0, 91]) expect(refusalOf(await root.graphql(SERVER, { days }))).toBe("BAD_USER_INPUT days");
  });
});

describe("a conversation's numbers", () => {
  test("count its days and its senders", async () => {
    const id = await group(ada, [bea, cyd]);
    await query("update messages set created_at = now() - interval '40 days' where conversation_id = $1", [
      numberIn(id),
    ]);
    const notes = (await statsOf(ada, CONVERSATION, { id })).messages;
    await fill(id, cyd, 4, 9);
    await fill(id, bea, 3, 2);
    await fill(id, cyd, 2, 1);
    await write(ada, id, "one");
    const stats = await statsOf(ada, CONVERSATION, { id, days: 4 });
    expect(stats).toEqual({
      messages: notes + 10,
      members: 3,
      days: [
        { day: midnight(3), messages: 0 },
        { day: midnight(2), messages: 3 },
        { day: midnight(1), messages: 2 },
        { day: midnight(), messages: 1 },
      ],
      topSenders: [
        { messages: 3, user: { username: "bea" } },
        { messages: 2, user: { username: "cyd" } },
        { messages: 1, user: { username: "ada" } },
      ],
      countedMessages: 6,
    });
  });

  test("say nothing of days whose messages are kept no more", async () => {
    const id = await group(ada, [bea]);
    await query("update messages set created_at = now() - interval '40 days' where conversation_id = $1", [
      numberIn(id),
    ]);
    await fill(id, bea, 5, 5);
    await fill(id, bea, 3, 2);
    await query("delete from messages where conversation_id = $1 and created_at < now() - interval '4 days'", [
      numberIn(id),
    ]);
    const { days } = await statsOf(ada, CONVERSATION, { id, days: 8 });
    expect(days.map(({ messages }: { messages: number }) => messages)).toEqual([0, 0, 0, 0, 0, 3, 0, 0]);
  });

  test("are shown to those who moderate it, and to the two of a direct one", async () => {
    const id = await group(ada, [bea]);
    expect(refusalOf(await ada.graphql(CONVERSATION, { id }))).toBe("NONE");
    expect(refusalOf(await bea.graphql(CONVERSATION, { id }))).toBe("FORBIDDEN conversationId");
    expect(refusalOf(await cyd.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND conversationId");
    expect(refusalOf(await root.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND conversationId");
    expect(refusalOf(await nobody(server).graphql(CONVERSATION, { id }))).toBe("UNAUTHENTICATED");
    await does(ada, "updateMember", { conversationId: id, userId: bea.id, role: "ADMIN" }, "member { id }");
    expect(refusalOf(await bea.graphql(CONVERSATION, { id }))).toBe("NONE");
    expect(refusalOf(await ada.graphql(CONVERSATION, { id, days: 91 }))).toBe("BAD_USER_INPUT days");
    expect(refusalOf(await ada.graphql(CONVERSATION, { id: ada.id }))).toBe("BAD_USER_INPUT conversationId");

    const { room } = await does(ada, "createRoom", { name: "Tea", visibility: "PUBLIC" }, "room { id }");
    expect(refusalOf(await cyd.graphql(CONVERSATION, { id: room.id }))).toBe("FORBIDDEN conversationId");
    expect(refusalOf(await root.graphql(CONVERSATION, { id: room.id }))).toBe("NONE");
    const direct = await does(ada, "openDirectConversation", { userId: bea.id }, "conversation { id }");
    for (const who of [ada, bea]) {
      expect(refusalOf(await who.graphql(CONVERSATION, { id: direct.conversation.id }))).toBe("NONE");
    }
  });
});

describe("a user's numbers", () => {
  test("count what they wrote, wherever it was, and are theirs and the administrators'", async () => {
    const dan = await person(server, "dan");
    const [here, there] = [await group(ada, [dan]), await group(ada, [dan])];
    await Promise.all(["a", "b", "c"].map((content) => write(dan, here, content)));
    const { message } = await write(dan, there, "d");
    await does(dan, "deleteMessage", { messageId: message.id }, "message { id }");
    await does(dan, "leaveConversation", { conversationId: there }, "conversationId");
    // A repeat is not written again, and what is refused is not written at all.
    const again = { conversationId: here, content: "once", clientMessageId: "1" };
    for (let times = 0; times < 3; times += 1) await does(dan, "sendMessage", again, "message { id }");
    expect(
      refusalOf(await attempt(dan, "sendMessage", { conversationId: there, content: "e" }, "__typename")),
    ).not.toBe("NONE");

    const mine = {
      messages: 5,
      conversations: 2,
      friends: 0,
      lastUsedAt: expect.any(String),
      user: { username: "dan" },
    };
    expect(await statsOf(dan, USER, {})).toEqual(mine);
    expect(await statsOf(root, USER, { id: dan.id })).toEqual(mine);
    expect(refusalOf(await ada.graphql(USER, { id: dan.id }))).toBe("FORBIDDEN userId");
    expect(refusalOf(await ada.graphql(USER, { id: "user_999999" }))).toBe("FORBIDDEN userId");
    expect(refusalOf(await root.graphql(USER, { id: "user_999999" }))).toBe("NOT_FOUND userId");
    expect(refusalOf(await nobody(server).graphql(USER))).toBe("UNAUTHENTICATED");
  });
});

test("on a large server nothing is counted through, and the estimates are near", async () => {
  const { room } = await does(ada, "createRoom", { name: "Hall", visibility: "PUBLIC" }, "room { id }");
  for (const daysAgo of [3, 2, 1]) await fill(room.id, bea, 40_000, daysAgo);
  await fill(room.id, cyd, 20_000, 0);
  await query("analyze messages");
  const { rows } = await query("select count(*) as n from messages");
  const messages = Number(rows[0].n);

  const asked: [Asking, string, object][] = [
    [ada, CHAT, {}],
    [root, SERVER, { days: 90 }],
    [ada, CONVERSATION, { id: room.id, days: 90 }],
    [bea, USER, {}],
  ];
  for (const [who, document, variables] of asked) {
    const plan = await planOf(server, () => statsOf(who, document, variables));
    expect(plan, document).not.toContain("Seq Scan on messages");
    expect(plan, document).not.toContain("Seq Scan on members");
  }
  const told = await statsOf(ada, CHAT, {});
  expect(Math.abs(told.messages - messages) / messages).toBeLessThan(0.05);
  expect(told.messagesToday).toBeGreaterThanOrEqual(20_000);
  const { days } = await statsOf(root, SERVER, { days: 3 });
  expect(days.map((day: Data) => Math.round(day.messages / 1_000))).toEqual([40, 40, 20]);
  const hall = await statsOf(ada, CONVERSATION, { id: room.id, days: 2 });
  expect(hall.days).toEqual([
    { day: midnight(1), messages: 40_000 },
    { day: midnight(), messages: expect.any(Number) },
  ]);
  expect(hall).toMatchObject({
    countedMessages: 10_000,
    topSenders: [{ messages: 10_000, user: { username: "cyd" } }],
  });
});

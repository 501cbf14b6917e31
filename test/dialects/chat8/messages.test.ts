import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { befriends, direct } from "../../log/support/friends.ts";
import { globalRoom, history as gqlHistory, send as say } from "../../log/support/talk.ts";
import { about, BLOCK } from "../../support/friends.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { chat8, done, refusal, severals, somebody, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = (await severals(server, 3)) as [Person, Person, Person];
});
afterAll(() => server.stop());

const writes = (from: Person, to: Person, more: object = {}) =>
  chat8(server, from).post("/messages", { receiver_id: numberOf(to), content: "你好", ...more });
const talk = (who: Person, whom: Person, query = "") => chat8(server, who).get(`/messages/${numberOf(whom)}${query}`);
const marks = (who: Person, id: number | string) => chat8(server, who).put(`/messages/${id}/read`);
const removes = (who: Person, id: number | string) => chat8(server, who).delete(`/messages/${id}`);
const unread = (messages: { is_read: boolean }[]) => messages.map(({ is_read: isRead }) => isRead);
const idIn = (globalId: string): number => Number(globalId.split("_")[1]);

test("what one writes the other reads, there and by GraphQL", async () => {
  const { status, body } = await writes(ann, bob, { message_type: "text", is_encrypted: false });
  expect([status, body]).toEqual([
    200,
    { success: true, data: { ...body.data, caption: null }, message: "消息已发送", timestamp: TIME },
  ]);
  const sent = {
    id: expect.any(Number),
    sender_id: numberOf(ann),
    receiver_id: numberOf(bob),
    content: "你好",
    message_type: "text",
    timestamp: TIME,
    is_encrypted: false,
    file_url: null,
    file_name: null,
    file_size: null,
    caption: null,
  };
  expect(body.data).toEqual(sent);
  const page = { messages: [{ ...sent, is_read: false }], pagination: { page: 1, limit: 50, total: 1, pages: 1 } };
  expect(await done(talk(bob, ann))).toEqual(page);
  expect(await done(talk(ann, bob))).toEqual(page);
  const [message] = await gqlHistory(bob, await direct(ann, bob));
  expect(message).toMatchObject({ id: `msg_${body.data.id}`, content: "你好", sender: { username: ann.username } });
});

test("reading makes no conversation, and nor does a message that is refused", async () => {
  const [one, other] = (await severals(server, 2)) as [Person, Person];
  const nothing = { messages: [], pagination: { page: 1, limit: 50, total: 0, pages: 0 } };
  expect(await done(talk(one, other))).toEqual(nothing);
  expect(await done(talk(one, one))).toEqual(nothing);
  expect(await refusal(writes(one, other, { content: "" }))).toBe("422 VALIDATION_ERROR content");
  const { data } = await one.graphql("{ viewer { conversations(kind: DIRECT) { nodes { id } } } }");
  expect(data.viewer.conversations.nodes).toEqual([]);
});

test("pages are numbered from the newest, the oldest first in each", async () => {
  const [one, other] = (await severals(server, 2)) as [Person, Person];
  for (let n = 1; n <= 5; n += 1)
    await done(writes(n % 2 === 0 ? one : other, n % 2 === 0 ? other : one, { content: `${n}` }));
  const page = async (query: string) => {
    const { messages, pagination } = await done(talk(one, other, query));
    return [messages.map(({ content }: { content: string }) => content).join(""), ...Object.values(pagination)];
  };
  expect(await page("?page=1&limit=2")).toEqual(["45", 1, 2, 5, 3]);
  expect(await page("?page=3&limit=2")).toEqual(["1", 3, 2, 5, 3]);
  expect(await page("?page=4&limit=2")).toEqual(["", 4, 2, 5, 3]);
  expect(await page("?page=9007199254740991&limit=100")).toEqual(["", Number.MAX_SAFE_INTEGER, 100, 5, 1]);
  expect(await page("?limit=100000")).toEqual(["12345", 1, 100, 5, 1]);
});

test.each([
  ["?page=0", "page"],
  ["?page=-1", "page"],
  ["?page=x", "page"],
  ["?page=1.5", "page"],
  ["?limit=0", "limit"],
  ["?limit=", "limit"],
  ["?limit=1&limit=2", "limit"],
])("there is no page for %s", async (query, field) => {
  expect(await refusal(talk(ann, bob, query))).toBe(`400 BAD_REQUEST ${field}`);
});

test("of nobody there is no history, and a word is no number", async () => {
  expect(await refusal(chat8(server, ann).get("/messages/999999"))).toBe("404 USER_001 friend_id");
  expect(await refusal(chat8(server, ann).get("/messages/0"))).toBe("400 BAD_REQUEST friend_id");
  expect(await refusal(chat8(server, ann).get("/messages/99999999999999999999"))).toBe("400 BAD_REQUEST friend_id");
  expect(await refusal(chat8(server, ann).get("/messages/unknown-word"))).toBe("404 NOT_FOUND");
});

describe("a message is read", () => {
  test("where whom it is for has read up to it, whoever looks", async () => {
    const [one, other] = (await severals(server, 2)) as [Person, Person];
    const ids: number[] = [];
    for (const content of ["1", "2", "3"]) ids.push((await done(writes(one, other, { content }))).id);
    expect((await marks(other, ids[1] as number)).body).toEqual({
      success: true,
      message: "消息已标记为已读",
      timestamp: TIME,
    });
    for (const [who, whom] of [[one, other] as const, [other, one] as const]) {
      expect(unread((await done(talk(who, whom))).messages)).toEqual([true, true, false]);
    }
    await done(marks(other, ids[0] as number));
    expect(unread((await done(talk(one, other))).messages)).toEqual([true, true, false]);
  });
});

describe("a message that is not the caller's to see", () => {
  let theirs: number;
  let inRoom: number;
  beforeAll(async () => {
    theirs = (await done(writes(ann, bob))).id;
    const own = await room(eve, { visibility: "PRIVATE" });
    inRoom = idIn((await say(eve, own.id, "in a room")).id);
  });

  test.each([
    ["reads", marks],
    ["deletes", removes],
  ] as const)("exists, and nobody %s it", async (_, act) => {
    expect(await refusal(act(eve, theirs))).toBe("403 MESSAGE_002 message_id");
    expect(await refusal(act(eve, inRoom))).toBe("403 MESSAGE_002 message_id");
    expect(await refusal(act(ann, inRoom))).toBe("403 MESSAGE_002 message_id");
    expect(await refusal(act(ann, idIn((await say(ann, await globalRoom(ann), "hi")).id)))).toBe(
      "403 MESSAGE_002 message_id",
    );
    expect(await refusal(act(ann, 999_999))).toBe("404 MESSAGE_001 message_id");
    expect(await refusal(act(ann, "x"))).toBe("400 BAD_REQUEST message_id");
  });

  test("is not deleted by whom it is for", async () => {
    expect(await refusal(removes(bob, theirs))).toBe("403 MESSAGE_002 message_id");
    expect((await done(talk(bob, ann))).messages.at(-1).id).toBe(theirs);
  });
});

test("what its sender deleted is gone for both, and deleting it again changes nothing", async () => {
  const [one, other] = (await severals(server, 2)) as [Person, Person];
  const [kept, gone] = [(await done(writes(one, other))).id, (await done(writes(one, other))).id];
  expect((await removes(one, gone)).body).toEqual({ success: true, message: "消息已删除", timestamp: TIME });
  await done(removes(one, gone));
  for (const [who, whom] of [[one, other] as const, [other, one] as const]) {
    const { messages, pagination } = await done(talk(who, whom));
    expect([messages.map(({ id }: { id: number }) => id), pagination.total]).toEqual([[kept], 1]);
  }
});

test("encrypted content goes through as it is, and may be longer", async () => {
  const content = "U2FsdGVkX1".repeat(3_000);
  const sent = await done(writes(ann, bob, { content, is_encrypted: true, message_type: "image" }));
  expect(sent).toMatchObject({ content, is_encrypted: true, message_type: "image" });
  expect((await done(talk(bob, ann))).messages.at(-1)).toMatchObject({ content, is_encrypted: true });
});

test("a place reads as text", async () => {
  const [one, other] = (await severals(server, 2)) as [Person, Person];
  const conversationId = await direct(one, other);
  const place = { latitude: 52.52, longitude: 13.405, address: "Berlin" };
  await say(one, conversationId, "", { type: "LOCATION", location: place });
  await say(one, conversationId, "", { type: "LOCATION", location: { ...place, address: null } });
  const { messages } = await done(talk(other, one));
  expect(messages).toMatchObject([
    { content: "Berlin (52.52, 13.405)", message_type: "text" },
    { content: "52.52, 13.405", message_type: "text" },
  ]);
});

describe("nobody writes", () => {
  test.each([
    [{ content: "x" }, "422 VALIDATION_ERROR receiver_id"],
    [{ receiver_id: "2", content: "x" }, "422 VALIDATION_ERROR receiver_id"],
    [{ receiver_id: null, content: "x" }, "422 VALIDATION_ERROR receiver_id"],
    [{ receiver_id: 2 }, "422 VALIDATION_ERROR content"],
    [{ receiver_id: 2, content: 5 }, "422 VALIDATION_ERROR content"],
    [{ receiver_id: 2, content: "" }, "422 VALIDATION_ERROR content"],
    [{ receiver_id: 2, content: "x".repeat(5_001) }, "422 VALIDATION_ERROR content"],
    [{ receiver_id: 2, content: "a\0b" }, "422 VALIDATION_ERROR content"],
    [{ receiver_id: 2, content: "x", message_type: "location" }, "422 VALIDATION_ERROR message_type"],
    [{ receiver_id: 2, content: "x", message_type: 1 }, "422 VALIDATION_ERROR message_type"],
    [{ receiver_id: 2, content: "x", is_encrypted: "no" }, "422 VALIDATION_ERROR is_encrypted"],
    [{ receiver_id: 999_999, content: "x" }, "404 USER_001 receiver_id"],
  ])("%j", async (body, refused) => {
    expect(await refusal(chat8(server, ann).post("/messages", body))).toBe(refused);
  });

  test("to themselves", async () => {
    expect(await refusal(writes(ann, ann))).toBe("422 VALIDATION_ERROR receiver_id");
  });

  test("to whom has blocked them, before or after they first wrote", async () => {
    const [one, other] = (await severals(server, 2)) as [Person, Person];
    await about(other, BLOCK, one);
    expect(await refusal(writes(one, other))).toBe("403 FORBIDDEN receiver_id");
    const third = await somebody(server);
    await done(writes(third, other));
    await about(other, BLOCK, third);
    expect(await refusal(writes(third, other))).toBe("403 FORBIDDEN receiver_id");
    expect((await done(talk(other, third))).pagination.total).toBe(1);
  });

  test("to whom takes messages from friends only, unless they are one", async () => {
    const [one, other] = (await severals(server, 2)) as [Person, Person];
    await does(other, "updateProfile", { directMessagePolicy: "FRIENDS" });
    expect(await refusal(writes(one, other))).toBe("403 FORBIDDEN receiver_id");
    await befriends(one, other);
    await done(writes(one, other));
  });
});

test("null stands for what may be left out", async () => {
  const sent = await done(writes(ann, bob, { message_type: null, is_encrypted: null, and: "more" }));
  expect(sent).toMatchObject({ message_type: "text", is_encrypted: false });
});

import "reflect-metadata";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CONVERSATIONS_A_DAY } from "../../../src/rooms/founding.ts";
import { says as edits, send } from "../../log/support/talk.ts";
import type { Data } from "../../support/graphql-client.ts";
import { did } from "../../support/messages.ts";
import { type Person, person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { administrator } from "../../support/administration.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type Rest, formOf, request, rest } from "../support/rest.ts";
import { TIME, done, isRefused, messageId, reads, roomId, says } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let hers: Rest;
let his: Rest;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  [hers, his] = [rest(server, ann), rest(server, bob)];
});
afterAll(() => server.stop());

const create = (who: Rest, fields: Record<string, string>) => who.upload("/api/chat/rooms", formOf(fields));
const rooms = (who: Rest): Promise<Data[]> => done(who.get("/api/chat/rooms"));
const listed = async (who: Rest, id: string): Promise<Data> => (await rooms(who)).find((one) => one.id === id);
const join = (who: Rest, id: string) => who.post(`/api/chat/rooms/${id}/join`);
const leave = (who: Rest, id: string) => who.post(`/api/chat/rooms/${id}/leave`);

describe("making a room", () => {
  test("answers as the document shows it; everybody sees the room, its maker owns it", async () => {
    const made = await done(create(hers, { room_name: "茶馆", description: "of tea" }));
    expect(made).toEqual({ room_id: expect.stringMatching(/^room_[0-9a-f]{8}$/), message: "聊天室创建成功" });
    expect(await listed(his, made.room_id)).toEqual({
      id: made.room_id,
      name: "茶馆",
      description: "of tea",
      members: [numberOf(ann)],
      created_at: TIME,
      last_message: expect.objectContaining({ content: "ann created 茶馆.", sender_id: 0, sender_name: "系统" }),
    });
    const { data } = await ann.graphql(
      `{ viewer { conversations { nodes { title viewerMembership { role } ... on Room { visibility } } } } }`,
    );
    const seen = data.viewer.conversations.nodes.find(({ title }: Data) => title === "茶馆");
    expect(seen).toEqual({ title: "茶馆", viewerMembership: { role: "OWNER" }, visibility: "PUBLIC" });
  });

  test("takes a form in the other coding too, and a description is not needed", async () => {
    const body = new URLSearchParams({ room_name: "Coffee & cake", more: "ignored" });
    const headers = { authorization: `Bearer ${ann.accessToken}` };
    const made = await done(request(server, "/api/chat/rooms", { method: "POST", headers, body }));
    expect(await listed(hers, made.room_id)).toMatchObject({ name: "Coffee & cake", description: "" });
  });

  test.each<[string, Record<string, string>, string]>([
    ["without a name", { description: "of tea" }, "room_name"],
    ["with an empty name", { room_name: "" }, "room_name"],
    ["with a name that nobody sees", { room_name: " \u200b " }, "room_name"],
    ["with a name of 101 characters", { room_name: "茶".repeat(101) }, "room_name"],
    ["with a name of two lines", { room_name: "a\u2028b\u0007" }, "room_name"],
    ["with a description of 1,001 characters", { room_name: "Tea", description: "茶".repeat(1_001) }, "description"],
    ["with nothing", {}, "room_name"],
  ])("is refused %s", async (_, fields, names) => {
    const before = await rooms(hers);
    await isRefused(create(hers, fields), 400, names);
    expect(await rooms(hers)).toHaveLength(before.length);
  });

  test("is refused with a file, and with no form at all", async () => {
    const file = { content: "a", name: "a.txt" };
    await isRefused(hers.upload("/api/chat/rooms", formOf({ room_name: "Tea", file })), 400, "file takes no file");
    await isRefused(hers.upload("/api/chat/rooms", formOf({ room_name: file })), 400, "room_name takes no file");
    await isRefused(hers.post("/api/chat/rooms"), 400, "body");
    await isRefused(hers.post("/api/chat/rooms", ["Tea"]), 400, "room_name");
  });

  test("is refused when too many were made that day: 429", async () => {
    const busy = await person(server, "busy");
    await server.services.database.pool.query(
      `insert into daily_quotas (user_id, what, day, used) values ($1, 'conversations', (now() at time zone 'UTC')::date, $2)`,
      [numberOf(busy), CONVERSATIONS_A_DAY],
    );
    const { status, body } = await create(rest(server, busy), { room_name: "One more" });
    expect([status, body]).toEqual([429, { detail: expect.stringMatching(/^请求过于频繁: /) }]);
  });
});

describe("joining and leaving", () => {
  test("makes a member of somebody, and none again; twice is as good as once", async () => {
    const { room_id } = await done(create(hers, { room_name: "Tea" }));
    const members = async (): Promise<number[]> => (await listed(hers, room_id)).members;
    expect(await done(join(his, room_id))).toEqual({ message: "成功加入聊天室" });
    expect(await done(join(his, room_id))).toEqual({ message: "成功加入聊天室" });
    expect(await members()).toEqual([numberOf(ann), numberOf(bob)]);
    expect(await done(leave(his, room_id))).toEqual({ message: "成功离开聊天室" });
    expect(await done(leave(his, room_id))).toEqual({ message: "成功离开聊天室" });
    expect(await members()).toEqual([numberOf(ann)]);
    const notes = (await reads(hers, room_id)).map(({ content }) => content);
    expect(notes).toEqual(["ann created Tea.", "bob joined.", "bob left."]);
  });

  test("everybody is in global, and nobody leaves it: 400", async () => {
    await done(join(his, "global"));
    await isRefused(leave(his, "global"), 400, "room_id");
    expect((await listed(hers, "global")).members).toContain(numberOf(bob));
  });

  test("the last owner does not leave others behind: 400; alone they go", async () => {
    const { room_id } = await done(create(hers, { room_name: "Tea" }));
    await done(join(his, room_id));
    await isRefused(leave(hers, room_id), 400, "room_id");
    await done(leave(his, room_id));
    await done(leave(hers, room_id));
    expect((await listed(his, room_id)).members).toEqual([]);
  });

  test("a room that is full takes nobody: 400", async () => {
    const { id } = await room(ann, { maxMembers: 2 });
    await done(join(his, roomId(id)));
    await isRefused(join(rest(server, eve), roomId(id)), 400, "room_id");
  });

  test("who is banned does not come in: 403, and what one cannot see is not there: 404", async () => {
    const { id } = await room(ann);
    await done(join(his, roomId(id)));
    await did(ann, "updateMember", { conversationId: id, userId: bob.id, banned: true }, "__typename");
    await isRefused(join(his, roomId(id)), 403, "room_id");
    await isRefused(leave(his, roomId(id)), 404, "room_id");
    const { id: den } = await room(ann, { visibility: "PRIVATE" });
    const { group } = await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] });
    for (const one of [roomId(den), roomId(group.id), "room_0fffffff", "tea", "1", "%00"]) {
      for (const act of [join, leave]) await isRefused(act(his, one), 404, "room_id");
    }
    await isRefused(leave(hers, roomId(group.id)), 404, "room_id");
  });
});

describe("the list of rooms", () => {
  test("has global first, then the others by name", async () => {
    await done(create(hers, { room_name: "aaa" }));
    const names = (await rooms(his)).map(({ id, name }) => (id === "global" ? id : name.toLowerCase()));
    expect(names.slice(0, 2)).toEqual(["global", "aaa"]);
    expect(names.slice(1)).toEqual(names.slice(1).toSorted((one, other) => (one < other ? -1 : 1)));
  });

  test("has the private rooms that one is in, and nobody else's; no group, no direct conversation", async () => {
    const { id } = await room(ann, { name: "Den", visibility: "PRIVATE" });
    const { group } = await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] });
    expect(await listed(hers, roomId(id))).toMatchObject({ name: "Den", members: [numberOf(ann)] });
    expect(await listed(his, roomId(id))).toBeUndefined();
    expect(await listed(hers, roomId(group.id))).toBeUndefined();
    const root = await administrator(server);
    expect(await listed(rest(server, root), roomId(id))).toBeUndefined();
  });

  test("shows the newest message of each, whole, and none that was deleted", async () => {
    const { id } = await room(ann);
    const first = await says(hers, "first", roomId(id));
    const last = await send(ann, id, "last");
    expect((await listed(his, roomId(id))).last_message).toMatchObject({ id: messageId(last.id), content: "last" });
    await edits(ann, "deleteMessage", { messageId: last.id });
    expect((await listed(his, roomId(id))).last_message).toEqual(first);
  });

  test("shows null for it where nothing that still speaks is near", async () => {
    const { id } = await room(ann);
    await server.services.database.pool.query("delete from messages where conversation_id = $1", [id.split("_")[1]]);
    expect((await listed(his, roomId(id))).last_message).toBeNull();
  });

  test("does not show a room to who is banned from it", async () => {
    const { id } = await room(ann);
    await done(join(his, roomId(id)));
    await did(ann, "updateMember", { conversationId: id, userId: bob.id, banned: true }, "__typename");
    expect(await listed(his, roomId(id))).toBeUndefined();
    expect((await listed(hers, roomId(id))).members).toEqual([numberOf(ann)]);
  });
});

test.each([
  ["GET", "/api/chat/rooms/"],
  ["POST", "/api/chat/rooms/"],
  ["POST", "/api/chat/rooms/global/join/"],
  ["POST", "/api/chat/rooms/global/leave/"],
  ["POST", "/api/chat/send/"],
  ["GET", "/api/chat/messages/"],
])("%s %s, with a slash at its end, is no path of this protocol's", async (method, path) => {
  const headers = { authorization: `Bearer ${ann.accessToken}` };
  const { body } = await request(server, path, { method, headers });
  // Another protocol's answer, or nobody's: never the one that this path has without its slash.
  const own = await request(server, path.slice(0, -1), { method, headers });
  expect(body).not.toEqual(own.body);
  expect(Object.keys(body)).not.toEqual(["detail"]);
});

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import { does } from "../../support/rooms.ts";
import { add, directOf, done, join, refusal, refused, roomOf, type Scene, says, startScene } from "./support.ts";

const ROOMS = "/api/chat/rooms/";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const person = ({ number, username }: { number: number; username: string }) => ({
  id: number,
  username,
  first_name: username,
  last_name: "",
});

test("a room is made as asked, and its maker is in it", async () => {
  const { ann } = scene;
  const answer = await ann.chat.post(ROOMS, {
    name: "开发讨论",
    description: "开发团队讨论群",
    room_type: "public",
    max_members: 7,
    colour: "green",
  });
  expect(answer.status).toBe(201);
  const { id, created_at, updated_at, last_message, ...rest } = answer.body;
  expect(rest).toEqual({
    name: "开发讨论",
    description: "开发团队讨论群",
    room_type: "public",
    created_by: person(ann),
    member_count: 1,
    is_active: true,
    max_members: 7,
  });
  expect(last_message).toMatchObject({ sender: "system" });
  expect(created_at).toMatch(TIME);
  expect(updated_at).toMatch(TIME);
  const { data } = await ann.graphql(`{ conversation(id: "conv_${id}") { kind ... on Room { visibility } } }`);
  expect(data.conversation).toEqual({ kind: "ROOM", visibility: "PUBLIC" });
});

test.each([
  ["public", "ROOM"],
  ["private", "ROOM"],
  ["group", "GROUP"],
])(
  "of a %s one nothing else need be said: it takes fifty people and says nothing of itself",
  async (room_type, kind) => {
    const { ann } = scene;
    const made = await roomOf(ann, { room_type, description: null, max_members: null });
    expect(made).toMatchObject({ description: "", max_members: 50, room_type });
    const { data } = await ann.graphql(`{ conversation(id: "conv_${made.id}") { kind } }`);
    expect(data.conversation).toEqual({ kind });
    expect(await roomOf(ann, { room_type, max_members: 100_000 })).toMatchObject({ max_members: 100_000 });
  },
);

test.each([
  [{ room_type: "public" }, "name"],
  [{ name: "", room_type: "public" }, "name"],
  [{ name: " \t", room_type: "group" }, "name"],
  [{ name: 7, room_type: "public" }, "name"],
  [{ name: null, room_type: "public" }, "name"],
  [{ name: "x".repeat(101), room_type: "public" }, "name"],
  [{ name: "a\u0000b", room_type: "public" }, "name"],
  [{ name: "Tea" }, "room_type"],
  [{ name: "Tea", room_type: "direct" }, "room_type"],
  [{ name: "Tea", room_type: ["public"] }, "room_type"],
  [{ name: "Tea", room_type: "public", description: 5 }, "description"],
  [{ name: "Tea", room_type: "public", description: "x".repeat(1_001) }, "description"],
  [{ name: "Tea", room_type: "public", max_members: 1 }, "max_members"],
  [{ name: "Tea", room_type: "group", max_members: 100_001 }, "max_members"],
  [{ name: "Tea", room_type: "public", max_members: 2.5 }, "max_members"],
  [{ name: "Tea", room_type: "public", max_members: "50" }, "max_members"],
])("a room that is asked for by %j is refused by the name of the member at fault", async (wish, field) => {
  expect(await refusal(scene.ann.chat.post(ROOMS, wish), field)).toBe(400);
});

test("the list has public rooms and one's own, the room of everybody first, and nothing of others", async () => {
  const { ann, bob, eve } = scene;
  const open = await roomOf(ann, { name: "Z open" });
  const closed = await roomOf(ann, { name: "Y closed", room_type: "private" });
  const group = await roomOf(ann, { name: "X group", room_type: "group" });
  await directOf(ann, bob);
  await add(ann, group.id, bob);
  await says(bob, group.id, "大家好！");
  const ids = async (who: typeof ann): Promise<number[]> => (await done(who.chat.get(ROOMS))).map(({ id }: Data) => id);

  expect(await ids(ann)).toEqual(expect.arrayContaining([open.id, closed.id, group.id]));
  expect(await ids(eve)).toContain(open.id);
  expect(await ids(eve)).not.toContain(closed.id);
  expect(await ids(eve)).not.toContain(group.id);

  const list: Data[] = await done(bob.chat.get(ROOMS));
  expect(list[0]).toMatchObject({ created_by: { id: 0, username: "system", first_name: "系统", last_name: "" } });
  expect(list.map(({ room_type }) => room_type)).not.toContain("direct");
  expect(list.find(({ id }) => id === group.id)).toMatchObject({
    room_type: "group",
    member_count: 2,
    created_by: person(ann),
    last_message: { content: "大家好！", sender: "bob", created_at: expect.stringMatching(TIME) },
  });
});

test("a room in which nobody has spoken has no last message, and one whose last was deleted says so", async () => {
  const { ann, bob } = scene;
  const [everybodys] = await done(bob.chat.get(ROOMS));
  expect(everybodys).toMatchObject({ last_message: null });
  const { id } = await roomOf(ann);
  const said = await says(ann, id, "mistaken");
  await done(ann.chat.delete(`/api/chat/messages/${said.id}/delete/`));
  expect(await done(ann.chat.get(`${ROOMS}${id}/`))).toMatchObject({
    last_message: { id: said.id, content: "[消息已删除]", sender: "ann" },
  });
});

test("the details of a room have its people, also for whoever reads it without being in it", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  const details = await done(eve.chat.get(`${ROOMS}${id}/`));
  expect(details).toMatchObject({ id, member_count: 2, members: [person(ann), person(bob)] });
});

test("what the caller does not see, a talk between two people and what is no id do not exist", async () => {
  const { ann, bob, eve } = scene;
  const closed = await roomOf(ann, { room_type: "private" });
  const group = await roomOf(ann, { room_type: "group" });
  const direct = await directOf(ann, bob);
  const unknown = 999_999_999;
  const none = ["0", "-1", "1.5", "abc", "conv_1", "9".repeat(30), "%20", "%27"];
  for (const id of [closed.id, group.id, direct, unknown, ...none]) {
    for (const path of [`${id}/`, `${id}/members/`, `${id}/messages/`]) {
      expect([path, await refusal(eve.chat.get(ROOMS + path), "room_id")]).toEqual([path, 404]);
    }
    for (const path of [`${id}/join/`, `${id}/leave/`]) {
      expect([path, await refusal(eve.chat.post(ROOMS + path), "room_id")]).toEqual([path, 404]);
    }
    const sent = eve.chat.post(`${ROOMS}${id}/messages/`, { content: "hello" });
    expect([id, await refusal(sent, "room_id")]).toEqual([id, 404]);
  }
  // Nor for the two of them: this protocol has no word for it.
  for (const path of ["", "members/", "messages/"]) {
    expect(await refusal(ann.chat.get(`${ROOMS}${direct}/${path}`), "room_id")).toBe(404);
  }
  for (const path of ["join/", "leave/"]) {
    expect(await refusal(ann.chat.post(`${ROOMS}${direct}/${path}`), "room_id")).toBe(404);
  }
  expect(await refusal(ann.chat.post(`${ROOMS}${direct}/messages/`, { content: "hello" }), "room_id")).toBe(404);
});

test("a room that bans somebody is not in their list, and not to be read", async () => {
  const { ann, eve } = scene;
  const { id } = await roomOf(ann);
  await join(eve, id);
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: eve.id, banned: true });
  expect((await done(eve.chat.get(ROOMS))).map((room: Data) => room.id)).not.toContain(id);
  expect(await refused(eve.chat.get(`${ROOMS}${id}/`))).toEqual([404, expect.any(String)]);
});

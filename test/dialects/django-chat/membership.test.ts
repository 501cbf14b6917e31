import { afterAll, beforeAll, expect, test } from "vitest";

import { administrator, attempt, does, refusal as refusalOf } from "../../support/rooms.ts";
import { rest } from "../support/rest.ts";
import { add, done, history, join, refusal, roomOf, type Scene, says, startScene } from "./support.ts";

const ROOMS = "/api/chat/rooms/";
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const global = async (): Promise<number> => (await done(scene.ann.chat.get(ROOMS)))[0].id;
const countOf = async (roomId: number): Promise<number> =>
  (await done(scene.ann.chat.get(`${ROOMS}${roomId}/`))).member_count;

test("who joins a public room is in it, and joining again changes nothing", async () => {
  const { ann, bob } = scene;
  const { id } = await roomOf(ann);
  expect(await join(bob, id)).toEqual({ message: "成功加入房间" });
  expect(await join(bob, id)).toEqual({ message: "成功加入房间" });
  expect(await countOf(id)).toBe(2);
});

test("a full room takes nobody more, a private one and a group nobody who asks, and a banned person is told so", async () => {
  const { ann, bob, eve } = scene;
  const full = await roomOf(ann, { max_members: 2 });
  await join(bob, full.id);
  expect(await refusal(eve.chat.post(`${ROOMS}${full.id}/join/`), "room_id")).toBe(400);
  const closed = await roomOf(ann, { room_type: "private" });
  expect(await refusal(eve.chat.post(`${ROOMS}${closed.id}/join/`), "room_id")).toBe(404);
  const group = await roomOf(ann, { room_type: "group" });
  expect(await refusal(eve.chat.post(`${ROOMS}${group.id}/join/`), "room_id")).toBe(404);
  const open = await roomOf(ann);
  await join(eve, open.id);
  await does(ann, "updateMember", { conversationId: `conv_${open.id}`, userId: eve.id, banned: true });
  expect(await refusal(eve.chat.post(`${ROOMS}${open.id}/join/`), "room_id")).toBe(403);
  expect(await countOf(open.id)).toBe(1);
});

test("a group takes as many people as was said when it was made", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann, { room_type: "group", max_members: 2 });
  await add(ann, id, bob);
  const more = { conversationId: `conv_${id}`, userIds: [eve.id] };
  expect(await refusalOf(attempt(ann, "addMembers", more))).toContain("CONFLICT");
  expect(await countOf(id)).toBe(2);
});

test("who is in a private room or a group is told that they are", async () => {
  const { ann, bob } = scene;
  for (const room_type of ["private", "group"]) {
    const { id } = await roomOf(ann, { room_type });
    await add(ann, id, bob);
    expect(await join(bob, id)).toEqual({ message: "成功加入房间" });
    expect(await countOf(id)).toBe(2);
  }
});

test("who leaves is out, and who is out already leaves as well", async () => {
  const { ann, bob } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  for (let times = 0; times < 2; times += 1) {
    expect(await done(bob.chat.post(`${ROOMS}${id}/leave/`))).toEqual({ message: "成功离开房间" });
  }
  expect(await countOf(id)).toBe(1);
});

test("nobody leaves the room of everybody, nor the last owner while others are in it", async () => {
  const { ann, bob } = scene;
  expect(await refusal(ann.chat.post(`${ROOMS}${await global()}/leave/`), "room_id")).toBe(400);
  const { id } = await roomOf(ann);
  await join(bob, id);
  expect(await refusal(ann.chat.post(`${ROOMS}${id}/leave/`), "room_id")).toBe(400);
  expect(await countOf(id)).toBe(2);
});

test("members are listed with their role, and with the time at which they last read", async () => {
  const { ann, bob, eve } = scene;
  const { id, name } = await roomOf(ann);
  await join(bob, id);
  await join(eve, id);
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: bob.id, role: "ADMIN" });
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: eve.id, muted: true });
  const row = (who: typeof ann, role: string, is_muted = false) => ({
    id: expect.any(Number),
    room: { id, name },
    user: { id: who.number, username: who.username, first_name: who.username, last_name: "" },
    role,
    joined_at: TIME,
    last_read_at: TIME,
    is_muted,
    is_banned: false,
  });
  const rows = await done(eve.chat.get(`${ROOMS}${id}/members/`));
  expect(rows).toEqual([row(ann, "admin"), row(bob, "admin"), row(eve, "member", true)]);
  expect(rows[2].last_read_at).toBe(rows[2].joined_at);
});

test("the banned are shown to admins alone", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  await join(eve, id);
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: eve.id, banned: true });
  const bans = async (who: typeof ann): Promise<boolean[]> =>
    (await done(who.chat.get(`${ROOMS}${id}/members/`))).map(({ is_banned }: { is_banned: boolean }) => is_banned);
  expect(await bans(ann)).toEqual([false, false, true]);
  expect(await bans(bob)).toEqual([false, false]);
});

test("an administrator of the server sees and joins a private room", async () => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann, { room_type: "private" });
  await administrator(server);
  const login = `mutation { login(input: { username: "root", password: "a password of the administrator" }) { accessToken } }`;
  const { data } = await ann.graphql(login);
  const root = rest(server, data.login);
  expect((await root.get(`${ROOMS}${id}/`)).status).toBe(200);
  expect((await root.post(`${ROOMS}${id}/join/`)).status).toBe(200);
  expect(await countOf(id)).toBe(2);
});

test("who writes into a public room is in it from then on, and may not where it is full", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann, { max_members: 2 });
  await says(bob, id, "hello");
  expect(await countOf(id)).toBe(2);
  expect(await refusal(eve.chat.post(`${ROOMS}${id}/messages/`, { content: "hello" }), "room_id")).toBe(400);
  const { messages } = await history(eve, id);
  expect(messages.map(({ content }: { content: string }) => content)).toEqual([
    "ann created Tea.",
    "bob joined.",
    "hello",
  ]);
});

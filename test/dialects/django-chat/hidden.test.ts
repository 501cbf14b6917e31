import { afterAll, beforeAll, expect, test } from "vitest";

import { does } from "../../support/rooms.ts";
import type { RestAnswer } from "../support/rest.ts";
import { turnedAway } from "../support/socket.ts";
import { add, type Chatter, directOf, roomOf, type Scene, startScene } from "./support.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const NOBODYS = 999_999_999;

type Ask = (who: Chatter, roomId: number) => Promise<RestAnswer>;
const ASKED: Readonly<Record<string, Ask>> = {
  "to show it": (who, id) => who.chat.get(`/api/chat/rooms/${id}/`),
  "for its members": (who, id) => who.chat.get(`/api/chat/rooms/${id}/members/`),
  "for its messages": (who, id) => who.chat.get(`/api/chat/rooms/${id}/messages/`),
  "to say something": (who, id) => who.chat.post(`/api/chat/rooms/${id}/messages/`, { content: "hello" }),
  "to join": (who, id) => who.chat.post(`/api/chat/rooms/${id}/join/`),
  "to leave": (who, id) => who.chat.post(`/api/chat/rooms/${id}/leave/`),
};

/** Numbers of what is there and not for eve: rooms and groups that she never was in, or was put out of, and a talk. */
async function hiddenFromEve(): Promise<number[]> {
  const { ann, bob, eve } = scene;
  const closed = ["private", "group"].map((room_type) => roomOf(ann, { room_type }));
  const left = ["private", "group"].map(async (room_type) => {
    const room = await roomOf(ann, { room_type });
    await add(ann, room.id, eve);
    await does(ann, "removeMember", { conversationId: `conv_${room.id}`, userId: eve.id });
    return room;
  });
  const rooms = await Promise.all([...closed, ...left]);
  return [...rooms.map(({ id }) => Number(id)), await directOf(ann, bob)];
}

test.each(Object.entries(ASKED))("who asks %s cannot tell what is hidden from them from nothing", async (_, ask) => {
  const { eve } = scene;
  const nothing = await ask(eve, NOBODYS);
  expect(nothing.status).toBe(404);
  for (const id of await hiddenFromEve()) expect((await ask(eve, id)).body).toEqual(nothing.body);
});

test("of a talk of their own this protocol says no more than of nothing", async () => {
  const { ann, bob } = scene;
  const id = await directOf(ann, bob);
  for (const ask of Object.values(ASKED)) expect((await ask(ann, id)).body).toEqual((await ask(ann, NOBODYS)).body);
});

test("a socket of what is hidden closes as one of nothing does", async () => {
  const { server, eve } = scene;
  const opened = (id: number) => turnedAway(server, `/ws/chat/${id}/?token=${eve.accessToken}`);
  const nothing = await opened(NOBODYS);
  expect(nothing.code).toBe(4404);
  for (const id of await hiddenFromEve()) expect(await opened(id)).toEqual(nothing);
});

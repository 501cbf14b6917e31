import { afterAll, beforeAll, expect, test } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import { settled, unreadOf, write } from "../../support/notifications.ts";
import { does } from "../../support/rooms.ts";
import { SEND as ASK } from "../../support/friends.ts";
import {
  add,
  type Chatter,
  chatter,
  directOf,
  done,
  refusal,
  roomOf,
  type Scene,
  says,
  startScene,
} from "./support.ts";

const LIST = "/api/chat/notifications/";
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

async function listOf(who: Chatter): Promise<Data[]> {
  await settled(scene.server);
  return done(who.chat.get(LIST));
}

test("a message in a group is told of with the whole room and the message", async () => {
  const { server, ann } = scene;
  const dan = await chatter(server, "dan");
  const { id } = await roomOf(ann, { name: "开发讨论", description: "开发团队讨论群", room_type: "group" });
  await add(ann, id, dan);
  const said = await says(ann, id, "大家好！");
  const room = await done(dan.chat.get("/api/chat/rooms/"));
  const notice = (await listOf(dan)).find(({ notification_type }) => notification_type === "message");
  expect(notice).toEqual({
    id: expect.any(Number),
    notification_type: "message",
    title: "新消息来自 ann",
    content: "大家好！",
    room: room.find((one: Data) => one.id === id),
    message: { id: said.id, content: "大家好！", message_type: "text", created_at: said.created_at },
    is_read: false,
    created_at: TIME,
  });
});

test("being named, being added, and what this protocol has no word for have titles of their own", async () => {
  const { server, ann } = scene;
  const fay = await chatter(server, "fay");
  const { id } = await roomOf(ann, { name: "Tea", room_type: "group" });
  await add(ann, id, fay);
  await says(ann, id, "@fay hello");
  await ann.graphql(ASK, { input: { userId: fay.id } });
  const list = await listOf(fay);
  const told = list.map(({ notification_type, title, room }) => [notification_type, title, room?.id ?? null]);
  expect(told).toContainEqual(["mention", "ann 提到了你", id]);
  expect(told).toContainEqual(["room_invite", "ann 邀请你加入 Tea", id]);
  expect(told).toContainEqual(["system", "ann wants to be friends", null]);
  expect(list.every(({ content }) => typeof content === "string")).toBe(true);
});

test("of a message between two people there is no room, and of one that was deleted no word", async () => {
  const { server, ann } = scene;
  const gil = await chatter(server, "gil");
  const direct = await directOf(ann, gil);
  const messageId = await write(ann, `conv_${direct}`, "psst");
  expect(await listOf(gil)).toMatchObject([{ room: null, content: "psst", message: { content: "psst" } }]);
  await ann.graphql(`mutation { deleteMessage(input: { messageId: "${messageId}" }) { __typename } }`);
  expect(await listOf(gil)).toMatchObject([{ room: null, content: "", message: { content: "[消息已删除]" } }]);
});

test("of a room that one is out of neither it nor its messages are shown", async () => {
  const { server, ann } = scene;
  const hal = await chatter(server, "hal");
  const { id } = await roomOf(ann, { room_type: "private" });
  await add(ann, id, hal);
  await says(ann, id, "hello");
  await settled(server);
  await does(ann, "removeMember", { conversationId: `conv_${id}`, userId: hal.id });
  const list = await listOf(hal);
  expect(list.length).toBeGreaterThan(0);
  expect(list.map(({ room, message }) => [room, message])).toEqual(list.map(() => [null, null]));
});

test("who marks a notification as read has read it; others' and unknown ones do not exist", async () => {
  const { server, ann, eve } = scene;
  const ida = await chatter(server, "ida");
  const { id } = await roomOf(ann, { room_type: "group" });
  await add(ann, id, ida);
  const [{ id: notice }] = await listOf(ida);
  const path = (one: number | string): string => `${LIST}${one}/read/`;
  expect(await refusal(eve.chat.post(path(notice)), "notification_id")).toBe(404);
  expect(await unreadOf(ida)).toBe(1);
  for (let times = 0; times < 2; times += 1) {
    expect(await done(ida.chat.post(path(notice)))).toEqual({ message: "通知已标记为已读" });
  }
  expect(await listOf(ida)).toMatchObject([{ id: notice, is_read: true }]);
  expect(await unreadOf(ida)).toBe(0);
  for (const one of [999_999_999, 0, "abc", `notif_${notice}`]) {
    expect([one, await refusal(ida.chat.post(path(one)), "notification_id")]).toEqual([one, 404]);
  }
});

test("the list is one's own alone, the latest first", async () => {
  const { server, ann } = scene;
  const joe = await chatter(server, "joe");
  expect(await listOf(joe)).toEqual([]);
  for (const name of ["First", "Second"]) await add(ann, (await roomOf(ann, { name, room_type: "group" })).id, joe);
  expect((await listOf(joe)).map(({ room }) => room.name)).toEqual(["Second", "First"]);
});

import { afterAll, beforeAll, expect, test } from "vitest";

import { conversation, did, message } from "../../support/messages.ts";
import { does } from "../../support/rooms.ts";
import { add, directOf, done, history, join, refusal, roomOf, type Scene, says, startScene } from "./support.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const readPath = (messageId: number | string): string => `/api/chat/messages/${messageId}/read/`;
const deletePath = (messageId: number | string): string => `/api/chat/messages/${messageId}/delete/`;
const unread = async (who: Scene["ann"], roomId: number): Promise<number> =>
  (await conversation(who, `conv_${roomId}`, "unreadCount")).unreadCount;

test("who marks a message as read has read it and those before it, and never less", async () => {
  const { ann, bob } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  const said = [await says(ann, id, "1"), await says(ann, id, "2"), await says(ann, id, "3")];
  expect(await unread(bob, id)).toBe(3);
  expect(await done(bob.chat.post(readPath(said[1].id)))).toEqual({ message: "消息已标记为已读" });
  expect(await unread(bob, id)).toBe(1);
  await done(bob.chat.post(readPath(said[0].id)));
  expect(await unread(bob, id)).toBe(1);
  const [, row] = await done(bob.chat.get(`/api/chat/rooms/${id}/members/`));
  expect(row.last_read_at >= row.joined_at).toBe(true);
});

test("who is not in a public room marks nothing as read there", async () => {
  const { ann, eve } = scene;
  const { id } = await roomOf(ann);
  const said = await says(ann, id, "hello");
  expect(await refusal(eve.chat.post(readPath(said.id)), "message_id")).toBe(403);
});

test("authors and moderators delete messages, nobody else does", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await join(eve, id);
  const [own, other] = [await says(bob, id, "own"), await says(bob, id, "other")];
  expect(await refusal(eve.chat.delete(deletePath(own.id)), "message_id")).toBe(403);
  for (let times = 0; times < 2; times += 1) {
    expect(await done(bob.chat.delete(deletePath(own.id)))).toEqual({ message: "消息已删除" });
  }
  await done(ann.chat.delete(deletePath(other.id)));
  const shown = await history(eve, id);
  expect(shown.messages.slice(-2).map(({ is_deleted }: { is_deleted: boolean }) => is_deleted)).toEqual([true, true]);
  expect(await message(ann, `msg_${own.id}`, "isDeleted content")).toEqual({ isDeleted: true, content: "" });
  const [note] = shown.messages;
  expect(await refusal(ann.chat.delete(deletePath(note.id)), "message_id")).toBe(403);
});

test("messages that the caller does not see, those of two people and what is no id do not exist", async () => {
  const { ann, bob, eve } = scene;
  const closed = await roomOf(ann, { room_type: "private" });
  const hidden = await says(ann, closed.id, "hidden");
  const conversationId = `conv_${await directOf(ann, bob)}`;
  const direct = await did(ann, "sendMessage", { conversationId, content: "psst" }, "message { id }");
  const private_ = Number(direct.message.id.split("_")[1]);
  for (const messageId of [hidden.id, private_, 999_999_999, 0, "abc", `msg_${hidden.id}`, "1.5"]) {
    expect([messageId, await refusal(eve.chat.post(readPath(messageId)), "message_id")]).toEqual([messageId, 404]);
    expect([messageId, await refusal(eve.chat.delete(deletePath(messageId)), "message_id")]).toEqual([messageId, 404]);
  }
  expect(await refusal(ann.chat.post(readPath(private_)), "message_id")).toBe(404);
  expect(await refusal(ann.chat.delete(deletePath(private_)), "message_id")).toBe(404);
});

test("who was put out reads and deletes nothing there any more", async () => {
  const { ann, bob } = scene;
  const { id } = await roomOf(ann, { room_type: "private" });
  await add(ann, id, bob);
  const said = await says(bob, id, "own");
  await does(ann, "removeMember", { conversationId: `conv_${id}`, userId: bob.id });
  expect(await refusal(bob.chat.post(readPath(said.id)), "message_id")).toBe(404);
  expect(await refusal(bob.chat.delete(deletePath(said.id)), "message_id")).toBe(404);
});

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import { did } from "../../support/messages.ts";
import { does } from "../../support/rooms.ts";
import { type DialectSocket, type Frame, roomSocket } from "../support/socket.ts";
import { done, history, join, roomOf, type Scene, says, startScene, wordsIn } from "./support.ts";

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

/** Ann's and Bob's sockets in a new room, who know of each other. */
async function both(): Promise<{ id: number; hers: DialectSocket; his: DialectSocket }> {
  const { server, ann, bob } = scene;
  const { id } = await roomOf(ann);
  const hers = await roomSocket(server, ann, id);
  const his = await roomSocket(server, bob, id);
  await hers.hears("user_join");
  return { id, hers, his };
}

const named = ({ number, username }: { number: number; username: string }) => ({ id: number, username });

/** That nothing of a type is on its way any more: what was asked for after it has come. */
async function nothingElse(socket: DialectSocket): Promise<void> {
  socket.say({ type: "nothing" });
  await socket.hears("error");
}

test("a message has both of the document's forms at once, and comes to its sender too", async () => {
  const { bob } = scene;
  const { id, hers, his } = await both();
  await using _hers = hers;
  await using _his = his;
  his.say({ type: "chat_message", content: "消息内容", message_type: "text" });
  const isHis = ({ message }: Frame): boolean => message.sender.id === bob.number;
  const frame = await hers.hears("chat_message", isHis);
  expect(frame).toEqual({
    type: "chat_message",
    message: {
      id: expect.any(Number),
      sender: { ...named(bob), first_name: "bob", last_name: "" },
      content: "消息内容",
      message_type: "text",
      file_url: null,
      file_name: null,
      file_size: null,
      timestamp: TIME,
      created_at: TIME,
      reply_to: null,
      is_edited: false,
      is_deleted: false,
    },
  });
  expect(await his.hears("chat_message", isHis)).toEqual(frame);
  const { messages } = await history(scene.ann, id);
  const { timestamp, ...same } = frame.message;
  expect(messages.at(-1)).toMatchObject(same);
  expect(timestamp).toBe(same.created_at);
});

test("a message may answer one and bring a file, and what is null counts as left out", async () => {
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  const first = await says(scene.ann, id, "first");
  const file = { file_url: "https://example.com/file.jpg", file_name: "image.jpg", file_size: 1024 };
  his.say({ type: "chat_message", content: "", message_type: "image", reply_to: first.id, ...file });
  const isAnswer = ({ message }: Frame): boolean => message.reply_to === first.id;
  expect((await hers.hears("chat_message", isAnswer)).message).toMatchObject({ message_type: "image", ...file });
  his.say({ type: "chat_message", content: "bare", message_type: null, reply_to: null, file_url: null });
  await hers.hears("chat_message", ({ message }) => message.content === "bare");
});

test("what is said by other doors is heard, and what is said here is read by them", async () => {
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  await says(scene.ann, id, "by REST");
  await did(scene.ann, "sendMessage", { conversationId: `conv_${id}`, content: "by GraphQL" }, "message { id }");
  hers.say({ type: "chat_message", content: "by socket" });
  await his.hears("chat_message", ({ message }) => message.content === "by socket");
  const heard = his.of("chat_message").map(({ message }) => message.content);
  expect(heard).toEqual(["by REST", "by GraphQL", "by socket"]);
  expect(await wordsIn(scene.bob, id)).toEqual(heard);
});

test("edited, deleted and read messages are told of, beyond the document", async () => {
  const { ann, bob } = scene;
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  const said = await says(ann, id, "first");
  await did(ann, "editMessage", { messageId: `msg_${said.id}`, content: "second" }, "message { id }");
  const updated = await his.hears("message_updated");
  expect(updated.message).toMatchObject({ id: said.id, content: "second", is_edited: true, is_deleted: false });
  await done(bob.chat.post(`/api/chat/messages/${said.id}/read/`));
  expect(await hers.hears("message_read")).toEqual({
    type: "message_read",
    user: named(bob),
    message_id: said.id,
    read_at: TIME,
  });
  await done(ann.chat.delete(`/api/chat/messages/${said.id}/delete/`));
  expect(await his.hears("message_deleted")).toEqual({ type: "message_deleted", message_id: said.id });
  const gone = await says(ann, id, "taken back");
  await did(ann, "recallMessage", { messageId: `msg_${gone.id}` }, "message { id }");
  expect(await his.hears("message_deleted")).toMatchObject({ message_id: gone.id });
});

test("what the server itself says is a message of the system", async () => {
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  await join(scene.eve, id);
  const note = await his.hears("chat_message", ({ message }) => message.content === "eve joined.");
  expect(note.message).toMatchObject({
    message_type: "system",
    sender: { id: 0, username: "system", first_name: "系统", last_name: "" },
  });
});

test("who types is seen by the others, and not by themselves", async () => {
  const { hers, his } = await both();
  await using _hers = hers;
  await using _his = his;
  his.say({ type: "typing", is_typing: true });
  expect(await hers.hears("typing")).toEqual({ type: "typing", user: named(scene.bob), is_typing: true });
  his.say({ type: "typing", is_typing: false });
  expect(await hers.hears("typing")).toMatchObject({ is_typing: false });
  await nothingElse(his);
  expect(his.of("typing")).toEqual([]);
});

test("who types by GraphQL is seen here, and the other way round", async () => {
  const { ann } = scene;
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  await did(ann, "setTyping", { conversationId: `conv_${id}`, isTyping: true }, "__typename");
  expect(await his.hears("typing")).toMatchObject({ user: named(ann), is_typing: true });
});

test("the others are told when somebody's first socket opens, and when the last one closes", async () => {
  const { server, ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  const first = await roomSocket(server, bob, id);
  expect(await hers.hears("user_join")).toEqual({ type: "user_join", user: named(bob) });
  const second = await roomSocket(server, bob, id);
  await first[Symbol.asyncDispose]();
  await using third = await roomSocket(server, eve, id);
  expect(await hers.hears("user_join")).toMatchObject({ user: named(eve) });
  await second[Symbol.asyncDispose]();
  expect(await hers.hears("user_leave")).toEqual({ type: "user_leave", user: named(bob) });
  expect(await third.hears("user_leave")).toMatchObject({ user: named(bob) });
  expect(hers.of("user_join")).toHaveLength(2);
  expect(hers.of("user_leave")).toHaveLength(1);
  expect(third.of("user_join")).toEqual([]);
});

test("who says that they come or go is told of to the others alone", async () => {
  const { hers, his } = await both();
  await using _hers = hers;
  await using _his = his;
  his.say({ type: "user_leave" });
  expect(await hers.hears("user_leave")).toEqual({ type: "user_leave", user: named(scene.bob) });
  his.say({ type: "user_join" });
  expect(await hers.hears("user_join")).toEqual({ type: "user_join", user: named(scene.bob) });
  await nothingElse(his);
  expect([...his.of("user_join"), ...his.of("user_leave")]).toEqual([]);
});

test("who opens a public room's socket is in the room from then on, and the greeting comes before all news", async () => {
  const { server, ann, eve } = scene;
  const { id } = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  await using theirs = await roomSocket(server, eve, id);
  await hers.hears("chat_message", ({ message }) => message.content === "eve joined.");
  expect(theirs.heard[0]).toEqual({ type: "connection_established", message: "连接成功" });
  const rows: Data[] = await done(eve.chat.get(`/api/chat/rooms/${id}/members/`));
  expect(rows.map(({ user }) => user.id)).toContain(eve.number);
});

test("one room's socket hears nothing of another's", async () => {
  const { server, ann } = scene;
  const [here, there] = [await roomOf(ann), await roomOf(ann)];
  await using socket = await roomSocket(server, ann, here.id);
  await says(ann, there.id, "elsewhere");
  await says(ann, here.id, "here");
  await socket.hears("chat_message");
  expect(socket.of("chat_message").map(({ message }) => message.content)).toEqual(["here"]);
});

test("the silenced hear, and may neither write nor be seen typing", async () => {
  const { ann, bob } = scene;
  const { hers, his, id } = await both();
  await using _hers = hers;
  await using _his = his;
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: bob.id, muted: true });
  his.say({ type: "chat_message", content: "hello" });
  expect((await his.hears("error")).message).toContain("权限不足");
  his.say({ type: "typing", is_typing: true });
  expect((await his.hears("error")).message).toContain("权限不足");
  await says(ann, id, "quiet please");
  await his.hears("chat_message", ({ message }) => message.content === "quiet please");
  expect(hers.of("typing")).toEqual([]);
  expect(await wordsIn(ann, id)).toEqual(["quiet please"]);
});

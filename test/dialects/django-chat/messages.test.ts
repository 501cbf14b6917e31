import { afterAll, beforeAll, expect, test } from "vitest";

import { photo } from "../../files/support/samples.ts";
import { upload } from "../../files/support/uploads.ts";
import type { Data } from "../../support/graphql-client.ts";
import { did, message } from "../../support/messages.ts";
import { does } from "../../support/rooms.ts";
import { add, directOf, done, history, join, refusal, roomOf, type Scene, says, startScene } from "./support.ts";

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const messagesOf = (roomId: number): string => `/api/chat/rooms/${roomId}/messages/`;
const none = { file_url: null, file_name: null, file_size: null };

test("a message is answered whole, stands in the history, and is one and the same to GraphQL", async () => {
  const { ann, bob } = scene;
  const { id, name } = await roomOf(ann);
  const first = await says(ann, id, "大家好！");
  const answer = await bob.chat.post(messagesOf(id), {
    content: "消息内容",
    message_type: null,
    ...none,
    reply_to: first.id,
    colour: "green",
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    id: expect.any(Number),
    room: { id, name },
    sender: { id: bob.number, username: "bob", first_name: "bob", last_name: "" },
    message_type: "text",
    content: "消息内容",
    ...none,
    is_edited: false,
    is_deleted: false,
    reply_to: first.id,
    created_at: TIME,
    updated_at: TIME,
  });
  const { messages } = await history(ann, id);
  expect(messages.at(-1)).toEqual(answer.body);
  const seen = await message(ann, `msg_${answer.body.id}`, "type content sender { username } replyTo { id }");
  expect(seen).toEqual({
    type: "TEXT",
    content: "消息内容",
    sender: { username: "bob" },
    replyTo: { id: `msg_${first.id}` },
  });
});

test("a message's words are kept as they are, to five thousand characters of any script", async () => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  for (const content of ["  ", "<b>&amp;</b>\n\u202E", "🫖".repeat(5_000)]) {
    expect((await says(ann, id, content)).content).toBe(content);
  }
});

test("page 1 is the newest, the oldest of a page comes first, and past the end a page is empty", async () => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  for (let n = 1; n <= 6; n += 1) await says(ann, id, String(n));
  const words = async (query: string): Promise<string[]> =>
    (await history(ann, id, query)).messages.map(({ content }: Data) => content);
  expect(await words("?page_size=3")).toEqual(["4", "5", "6"]);
  expect(await words("?page=2&page_size=3")).toEqual(["1", "2", "3"]);
  expect(await words("?page=3&page_size=3")).toEqual(["ann created Tea."]);
  expect(await words("?page=4&page_size=3")).toEqual([]);
  expect(await words("?page=1000000&page_size=100")).toEqual([]);
  expect(await history(ann, id)).toMatchObject({ page: 1, page_size: 20, total: 7 });
  expect(await history(ann, id, "?page=2&page_size=5000")).toEqual({ messages: [], page: 2, page_size: 100, total: 7 });
});

test.each([
  ["page=0", "page"],
  ["page=-1", "page"],
  ["page=two", "page"],
  ["page=1.5", "page"],
  ["page=99999999999999999999", "page"],
  ["page=", "page"],
  ["page_size=0", "page_size"],
  ["page_size=many", "page_size"],
])("a page that is asked for by %s is refused", async (query, field) => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  expect(await refusal(ann.chat.get(`${messagesOf(id)}?${query}`), field)).toBe(400);
});

test("a message that was deleted or taken back keeps its place and says so", async () => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  const file = { file_url: "https://example.com/a.jpg", file_name: "a.jpg", file_size: 5 };
  const deleted = await says(ann, id, "mistaken", file);
  const recalled = await says(ann, id, "taken back");
  await done(ann.chat.delete(`/api/chat/messages/${deleted.id}/delete/`));
  await did(ann, "recallMessage", { messageId: `msg_${recalled.id}` }, "message { isRecalled }");
  const { messages, total } = await history(ann, id);
  expect(total).toBe(3);
  const gone = { content: "[消息已删除]", is_deleted: true, ...none };
  expect(messages.slice(1)).toEqual([
    { ...deleted, ...gone, updated_at: TIME },
    { ...recalled, ...gone, updated_at: TIME },
  ]);
});

test("what clients of other protocols sent is shown by the words that this one has", async () => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  const conversationId = `conv_${id}`;
  const sends = (input: object): Promise<Data> =>
    did(ann, "sendMessage", { conversationId, ...input }, "message { id }");
  await sends({ type: "LOCATION", content: "", location: { latitude: 52.5, longitude: 13.4, address: "Mitte" } });
  await sends({ type: "LOCATION", content: "", location: { latitude: -1, longitude: 0 } });
  const { id: fileId } = await upload(server, ann, { content: "plain words", name: "a.txt", mimeType: "text/plain" });
  await sends({ type: "FILE", content: "", fileId });
  const edited = (await sends({ content: "first" })).message;
  await did(ann, "editMessage", { messageId: edited.id, content: "second" }, "message { id }");
  const { messages } = await history(ann, id);
  expect(messages).toMatchObject([
    { message_type: "system", content: "ann created Tea.", sender: { id: 0, username: "system", first_name: "系统" } },
    { message_type: "text", content: "Mitte (52.5, 13.4)" },
    { message_type: "text", content: "-1, 0" },
    { message_type: "file", content: "", file_name: "a.txt", file_size: 11, is_edited: false },
    { message_type: "text", content: "second", is_edited: true },
  ]);
});

test("a file that lies elsewhere is shown as it was sent; a text that brings one is a file", async () => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  const file = { file_url: "https://example.com/file.jpg", file_name: "image.jpg", file_size: 1024 };
  expect(await says(ann, id, "看", { ...file, message_type: "image" })).toMatchObject({
    ...file,
    message_type: "image",
  });
  expect(await says(ann, id, "", file)).toMatchObject({ ...file, message_type: "file", content: "" });
  const bare = { file_url: "http://example.com/x", file_name: "" };
  expect(await says(ann, id, "", bare)).toMatchObject({ ...none, ...bare, file_name: null, message_type: "file" });
  expect(await says(ann, id, "no file", { file_url: "", file_name: "a" })).toMatchObject({
    ...none,
    message_type: "text",
  });
});

test("a file of this server's is sent by its address, and is then the message's own", async () => {
  const { server, ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  const picture = await upload(server, ann, { content: await photo("jpeg"), name: "tea.jpg", mimeType: "image/jpeg" });
  const paper = await upload(server, ann, { content: "plain words", name: "a.txt", mimeType: "text/plain" });
  const sent = await says(ann, id, "", { file_url: picture.url, file_name: "other.png", file_size: 1 });
  expect(sent).toMatchObject({ message_type: "image", file_name: "tea.jpg", file_size: picture.size });
  expect(sent.file_url).toMatch(/^http:\/\/parlance\.test\/uploads\/chat\/[0-9a-f-]{36}\.jpg$/);
  expect(await message(bob, `msg_${sent.id}`, "file { id } externalFile { url }")).toEqual({
    file: { id: picture.id },
    externalFile: null,
  });
  // Whoever knows the address may send it on, whole or as a path.
  const path = new URL(sent.file_url).pathname;
  expect(await says(eve, id, "look", { file_url: path })).toMatchObject({
    message_type: "image",
    file_url: sent.file_url,
  });
  expect(await says(ann, id, "", { file_url: paper.url })).toMatchObject({ message_type: "file", file_name: "a.txt" });
  const asPicture = { content: "", message_type: "image", file_url: paper.url };
  expect(await refusal(ann.chat.post(messagesOf(id), asPicture), "file_url")).toBe(400);
});

test.each([
  [{}, "content"],
  [{ content: "" }, "content"],
  [{ content: null }, "content"],
  [{ content: 7 }, "content"],
  [{ content: ["hello"] }, "content"],
  [{ content: "x".repeat(5_001) }, "content"],
  [{ content: "a\u0000b" }, "content"],
  [{ content: "hello", message_type: "system" }, "message_type"],
  [{ content: "hello", message_type: "audio" }, "message_type"],
  [{ content: "hello", message_type: 1 }, "message_type"],
  [{ content: "hello", file_url: "javascript:alert(1)" }, "file_url"],
  [{ content: "hello", file_url: "ftp://example.com/a" }, "file_url"],
  [{ content: "hello", file_url: "/etc/passwd" }, "file_url"],
  [{ content: "hello", file_url: "https://ann:secret@example.com/" }, "file_url"],
  [{ content: "hello", file_url: `https://example.com/${"x".repeat(2_048)}` }, "file_url"],
  [{ content: "hello", file_url: 5 }, "file_url"],
  [{ content: "", file_url: "https://example.com/a", file_name: "x".repeat(201) }, "file_name"],
  [{ content: "", file_url: "https://example.com/a", file_name: "a\nb" }, "file_name"],
  [{ content: "", file_url: "https://example.com/a", file_size: -1 }, "file_size"],
  [{ content: "", file_url: "https://example.com/a", file_size: 1.5 }, "file_size"],
  [{ content: "", file_url: "https://example.com/a", file_size: "5" }, "file_size"],
  [{ content: "hello", reply_to: "1" }, "reply_to"],
  [{ content: "hello", reply_to: 0 }, "reply_to"],
  [{ content: "hello", reply_to: 1e21 }, "reply_to"],
])("a message of %j is refused by the name of the member at fault, and joins nobody", async (wish, field) => {
  const { ann, eve } = scene;
  const { id } = await roomOf(ann);
  expect(await refusal(eve.chat.post(messagesOf(id), wish), field)).toBe(400);
  expect(await done(ann.chat.get(`/api/chat/rooms/${id}/`))).toMatchObject({ member_count: 1 });
});

test("a message answers one of its own room only", async () => {
  const { ann, bob } = scene;
  const [here, there, direct] = [await roomOf(ann), await roomOf(ann), await directOf(ann, bob)];
  const elsewhere = await says(ann, there.id, "elsewhere");
  const { message: private_ } = await did(
    ann,
    "sendMessage",
    { conversationId: `conv_${direct}`, content: "psst" },
    "message { id }",
  );
  for (const reply_to of [elsewhere.id, Number(private_.id.split("_")[1]), 999_999_999]) {
    expect(await refusal(ann.chat.post(messagesOf(here.id), { content: "re", reply_to }), "reply_to")).toBe(404);
  }
});

test("the silenced and the banned may not write, strangers to a private room find none", async () => {
  const { ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  await join(eve, id);
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: bob.id, muted: true });
  await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: eve.id, banned: true });
  expect(await refusal(bob.chat.post(messagesOf(id), { content: "hello" }), "muted")).toBe(403);
  expect(await refusal(eve.chat.post(messagesOf(id), { content: "hello" }), "banned")).toBe(403);
  const closed = await roomOf(ann, { room_type: "private" });
  await add(ann, closed.id, bob);
  await says(bob, closed.id, "hello");
  expect(await refusal(eve.chat.post(messagesOf(closed.id), { content: "hello" }), "room_id")).toBe(404);
});

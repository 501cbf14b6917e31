import { afterAll, beforeAll, expect, test } from "vitest";

import { download } from "../files/support/uploads.ts";
import { befriends } from "../log/support/friends.ts";
import { globalRoom } from "../log/support/talk.ts";
import type { Data } from "../support/graphql-client.ts";
import { did, message } from "../support/messages.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type Rest, formOf, done, rest } from "./support/rest.ts";
import { roomSocket, userSocket } from "./support/socket.ts";

const WORDS = "Leaves, water and time.";
const FILE = "type file { id name size mimeType url } externalFile { url name size }";

let server: TestServer;
let ann: Person;
let bob: Person;
let hers: Rest;
let roomId: string;
let roomNumber: number;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
  await befriends(ann, bob);
  hers = rest(server, ann);
  roomId = await globalRoom(ann);
  roomNumber = numberOf({ id: roomId });
});
afterAll(() => server.stop());

const form = (fields: Record<string, string> = {}): FormData =>
  formOf({ ...fields, file: { content: WORDS, name: "茶.txt", type: "text/plain" } });

/** What lies at an address that a dialect shows: a path, or the server's public address. */
const at = async (address: string): Promise<string> =>
  (await download(server, new URL(address, "http://parlance.test").href)).text();

test("a file that is uploaded by online-chat is the same one in django-chat and GraphQL", async () => {
  await using socket = await roomSocket(server, bob, roomNumber);
  const sent = await done(hers.upload("/api/chat/upload", form({ room_id: "global" })));
  expect(await at(sent.file_url)).toBe(WORDS);

  const { message: told } = await socket.hears("chat_message");
  expect(told).toMatchObject({ message_type: "file", file_name: "茶.txt", file_size: sent.file_size });
  expect(await at(told.file_url)).toBe(WORDS);
  const { messages } = await done(rest(server, bob).get(`/api/chat/rooms/${roomNumber}/messages/`));
  expect(messages.at(-1)).toMatchObject({ id: told.id, file_url: told.file_url, file_name: "茶.txt" });

  const seen = await message(bob, `msg_${told.id}`, FILE);
  expect(seen).toMatchObject({ type: "FILE", file: { name: "茶.txt", mimeType: "text/plain" }, externalFile: null });
  expect(await at(seen.file.url)).toBe(WORDS);
});

test("an address of a file of ours that django-chat sends on means that file, and another one what it says", async () => {
  const { file_url } = await done(hers.upload("/api/chat/upload", form()));
  const path = `/api/chat/rooms/${roomNumber}/messages/`;
  const again = await done(hers.post(path, { content: "once more", message_type: "file", file_url }));
  const [first, second] = (await last(2)).map(({ id }) => id);
  const fileOf = async (id: number | undefined) => (await message(bob, `msg_${id}`, FILE)).file.id;
  expect(second).toBe(again.id);
  expect(await fileOf(again.id)).toBe(await fileOf(first));

  const elsewhere = { file_url: "https://example.com/tea.pdf", file_name: "tea.pdf", file_size: 2048 };
  const { id } = await done(hers.post(path, { content: "Read this", message_type: "file", ...elsewhere }));
  expect(await message(bob, `msg_${id}`, FILE)).toEqual({
    type: "FILE",
    file: null,
    externalFile: { url: "https://example.com/tea.pdf", name: "tea.pdf", size: 2048 },
  });
  const history: Data[] = await done(rest(server, bob).get("/api/chat/messages?room_id=global"));
  expect(history.at(-1)).toMatchObject({ content: "Read this", message_type: "file", ...elsewhere });
});

const last = async (count: number): Promise<{ id: number }[]> =>
  (await done(hers.get(`/api/chat/rooms/${roomNumber}/messages/?page_size=${count}`))).messages;

test("a file that is uploaded and sent by chat8 is the same one at the other's socket and in GraphQL", async () => {
  await using socket = await userSocket(server, bob);
  const receiver_id = numberOf(bob);
  const { data: file } = await done(hers.upload("/api/v1/upload/file", form({ receiver_id: String(receiver_id) })));
  expect(file).toMatchObject({ file_name: "茶.txt", file_type: "text/plain" });
  const sent = { receiver_id, content: file.file_url, message_type: "file" };
  const { data } = await done(hers.post("/api/v1/messages", sent));
  const { data: told } = await socket.hears("new_message");
  expect(told).toMatchObject({ id: data.id, message_type: "file", content: file.file_url });
  expect(await at(told.content)).toBe(WORDS);
  expect(await message(bob, `msg_${data.id}`, FILE)).toMatchObject({ type: "FILE", file: { name: "茶.txt" } });
});

test("a place of GraphQL reads as words in older protocols", async () => {
  await using room = await roomSocket(server, bob, roomNumber);
  const place = { latitude: 30.25, longitude: 120.125, address: "龙井村" };
  await did(
    ann,
    "sendMessage",
    { conversationId: roomId, type: "LOCATION", content: "", location: place },
    "__typename",
  );
  const { message: told } = await room.hears("chat_message");
  expect(told).toMatchObject({ message_type: "text", content: "龙井村 (30.25, 120.125)" });
  const history: Data[] = await done(rest(server, bob).get("/api/chat/messages?room_id=global"));
  expect(history.at(-1)).toMatchObject({ message_type: "text", content: "龙井村 (30.25, 120.125)" });
});

test("whoever is shown no message is shown no file of it either", async () => {
  const { file_url, id } = await done(hers.upload("/api/chat/upload", form()));
  await done(hers.delete(`/api/chat/messages/${id}`));
  const history: Data[] = await done(rest(server, bob).get("/api/chat/messages?room_id=global"));
  expect(JSON.stringify(history)).not.toContain(file_url);
  const [gone] = await last(1);
  expect(gone).toMatchObject({
    is_deleted: true,
    content: "[消息已删除]",
    file_url: null,
    file_name: null,
    file_size: null,
  });
});

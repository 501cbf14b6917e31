import { afterAll, beforeAll, describe, expect, test } from "vitest";

import * as samples from "../../files/support/samples.ts";
import { stored } from "../../files/support/stored.ts";
import { history } from "../../log/support/talk.ts";
import type { Data } from "../../support/graphql-client.ts";
import { did } from "../../support/messages.ts";
import { type Person, person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../../support/temporary-directory.ts";
import { type Rest, formOf, rest } from "../support/rest.ts";
import { TIME, done, isRefused, reads, roomId } from "./support.ts";

const MAXIMUM = 10 * 2 ** 20;

let dataDir: TemporaryDirectory;
let server: TestServer;
let ann: Person;
let bob: Person;
let hers: Rest;
let his: Rest;

beforeAll(async () => {
  dataDir = await temporaryDirectory();
  // The server itself takes more than this protocol does.
  server = await startServer({ dataDir: dataDir.path, maxUploadBytes: 2 * MAXIMUM });
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  [hers, his] = [rest(server, ann), rest(server, bob)];
});
afterAll(async () => {
  await server.stop();
  await dataDir[Symbol.asyncDispose]();
});

type Content = Uint8Array | string;
const file = (content: Content, name: string, type = "") => ({
  content: typeof content === "string" ? content : new Uint8Array(content),
  name,
  type,
});
const upload = (who: Rest, content: Content, name: string, more: Record<string, string> = {}) =>
  who.upload("/api/chat/upload", formOf({ file: file(content, name), ...more }));

/** Rows of files, and files that are arriving. */
async function kept(): Promise<[number, number]> {
  const { rows } = await server.services.database.pool.query("select count(*)::int as n from files");
  return [rows[0].n, (await stored(dataDir.path)).arriving];
}
/** Objects in storage, which are removed by a job. */
const objects = async (): Promise<number> => (await stored(dataDir.path)).objects.length;

/** Demands that nothing of an upload that is refused is kept. */
async function leavesNothing(refusal: () => Promise<unknown>): Promise<void> {
  const [before, stood] = [await kept(), await objects()];
  await refusal();
  expect(await kept()).toEqual(before);
  await expect.poll(objects).toBeLessThanOrEqual(stood);
}

describe("an uploaded file", () => {
  test("is sent by a message as the document shows it, which others read and GraphQL sees the file of", async () => {
    const sent = await done(upload(hers, await samples.photo("jpeg"), "photo.jpg", { room_id: "global" }));
    expect(sent).toEqual({
      id: expect.any(String),
      sender_id: numberOf(ann),
      sender_name: "ann",
      message_type: "image",
      content: "发送了文件: photo.jpg",
      file_url: expect.stringMatching(/^\/uploads\/chat\/[0-9a-f-]{36}\.jpg$/),
      file_name: "photo.jpg",
      file_size: expect.any(Number),
      timestamp: TIME,
      reply_to: null,
    });
    expect((await reads(his)).at(-1)).toEqual(sent);
    const downloaded = await fetch(`${server.url}${sent.file_url}`);
    expect(downloaded.headers.get("content-type")).toBe("image/jpeg");
    expect((await downloaded.arrayBuffer()).byteLength).toBe(sent.file_size);
    const { data } = await bob.graphql(
      `{ room(slug: "global") { lastMessage { type content file { name mimeType size owner { username } } } } }`,
    );
    expect(data.room.lastMessage).toEqual({
      type: "IMAGE",
      content: "发送了文件: photo.jpg",
      file: { name: "photo.jpg", mimeType: "image/jpeg", size: sent.file_size, owner: { username: "ann" } },
    });
  });

  test("goes where room_id says, be it before or behind the file, and to everybody where it says nothing", async () => {
    const tea = roomId((await room(ann)).id);
    const behind = await done(upload(hers, "behind", "a.txt", { room_id: tea }));
    const before = await done(
      hers.upload("/api/chat/upload", formOf({ room_id: tea, file: file("before", "照片 b.txt") })),
    );
    expect((await reads(his, tea)).slice(-2)).toEqual([behind, before]);
    expect(before).toMatchObject({ file_name: "照片 b.txt", content: "发送了文件: 照片 b.txt", message_type: "file" });
    const nowhere = await done(upload(hers, "nowhere", "c.txt"));
    expect((await reads(his)).at(-1)).toEqual(nowhere);
  });

  test("into a public room makes a member of its sender", async () => {
    const { id } = await room(ann);
    await done(upload(his, "I am new here.", "a.txt", { room_id: roomId(id) }));
    expect((await history(ann, id)).map(({ content }) => content)).toEqual([
      "ann created Tea.",
      "bob joined.",
      "发送了文件: a.txt",
    ]);
  });

  test.each<[string, string, string, () => Content | Promise<Content>]>([
    ["JPEG", "image", "x.jpg", () => samples.photo("jpeg")],
    ["PNG", "image", "x.png", () => samples.photo("png")],
    ["WebP", "image", "x.webp", () => samples.photo("webp")],
    ["GIF", "image", "x.gif", () => samples.animation("gif")],
    ["PDF", "file", "x.pdf", samples.pdf],
    ["TXT", "file", "x.txt", () => "some words"],
    ["DOC", "file", "x.doc", () => samples.compoundFile("WordDocument")],
    ["XLS", "file", "x.xls", () => samples.compoundFile("Workbook")],
    ["DOCX", "file", "x.docx", () => samples.office("wordprocessingml.document")],
    ["XLSX", "file", "x.xlsx", () => samples.office("spreadsheetml.sheet")],
  ])("may be %s, which is sent as %s", async (_, type, name, make) => {
    const sent = await done(upload(hers, await make(), name));
    expect(sent).toMatchObject({ message_type: type, file_name: name });
    expect(sent.file_url).toMatch(new RegExp(`${name.slice(1)}$`));
  });

  test.each<[string, string, string, () => Content | Promise<Content>]>([
    ["MP3", "x.mp3", "audio/mpeg", samples.mp3],
    ["OGG", "x.ogg", "audio/ogg", () => samples.ogg("OpusHead")],
    ["WAV", "x.wav", "audio/wav", samples.wav],
    ["MP4", "x.mp4", "video/mp4", () => samples.mp4("isom")],
    ["M4A", "x.m4a", "audio/mp4", () => samples.mp4("M4A ")],
    ["WebM", "x.webm", "video/webm", samples.webm],
    ["ZIP", "x.zip", "application/zip", () => samples.zip({ "a.txt": "a" })],
    ["a film called a picture", "x.jpg", "image/jpeg", () => samples.mp4("isom")],
    ["HTML called a picture", "x.png", "image/png", () => "<script>alert(1)</script>"],
    ["a program", "x.exe", "application/octet-stream", () => Buffer.from("4d5a90000300000004000000ffff0000", "hex")],
  ])("may not be %s: 415", async (_, name, type, make) => {
    const content = await make();
    await leavesNothing(() =>
      isRefused(hers.upload("/api/chat/upload", formOf({ file: file(content, name, type) })), 415, "file"),
    );
  });

  test("may have 10 × 2^20 bytes, and not one more: 413", async () => {
    const sent = await done(upload(hers, "x".repeat(MAXIMUM), "a.txt"));
    expect(sent.file_size).toBe(MAXIMUM);
    await leavesNothing(() => isRefused(upload(hers, "x".repeat(MAXIMUM + 1), "a.txt"), 413, "file"));
    await leavesNothing(() => isRefused(upload(hers, "x".repeat(1.5 * MAXIMUM), "a.txt"), 413, "file"));
  });

  test("is what its content is, whatever it is called", async () => {
    const sent = await done(upload(hers, await samples.photo("png"), "x.exe"));
    expect(sent).toMatchObject({ message_type: "image", file_name: "x.exe.png" });
    expect(sent.file_url).toMatch(/\.png$/);
  });

  test("has the name of its last folder, without what turns or hides it", async () => {
    expect(await done(upload(hers, "a", "../../etc/passwd.txt"))).toMatchObject({
      file_name: "passwd.txt",
      content: "发送了文件: passwd.txt",
    });
  });
});

describe("where the message is refused the file is not kept", () => {
  test.each<[string, number, string, () => Promise<string>]>([
    ["to a room that there is not", 404, "room_id", async () => "room_0fffffff"],
    ["to what is no room", 404, "room_id", async () => "tea"],
    ["to nothing", 404, "room_id", async () => ""],
    ["to a private room", 404, "room_id", async () => roomId((await room(ann, { visibility: "PRIVATE" })).id)],
    [
      "to a group, though the sender is in it",
      404,
      "room_id",
      async () => roomId((await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] })).group.id),
    ],
    ["to a room where the sender is silenced", 403, "room_id", () => whereHeIs({ muted: true })],
    ["to a room that the sender is banned from", 403, "room_id", () => whereHeIs({ banned: true })],
    ["to a room that is full", 400, "room_id", () => full()],
  ])("%s", async (_, status, names, where) => {
    const room_id = await where();
    await leavesNothing(() => isRefused(upload(his, "a", "a.txt", { room_id }), status, names));
    await leavesNothing(() => isRefused(upload(his, "a", "a.txt", { room_id }), status, names));
  });

  /** A room in which something was done to Bob. */
  async function whereHeIs(change: object): Promise<string> {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    await did(ann, "updateMember", { conversationId: id, userId: bob.id, ...change }, "__typename");
    return roomId(id);
  }

  async function full(): Promise<string> {
    const { id } = await room(ann, { maxMembers: 2 });
    await does(await person(server, `guest-${id}`), "joinRoom", { roomId: id });
    return roomId(id);
  }
});

describe("a message may carry a file of this server by its address", () => {
  let picture: Data;
  beforeAll(async () => {
    picture = await done(upload(hers, await samples.photo("png"), "photo.png"));
  });
  const sends = (content: string, message_type: string) => his.post("/api/chat/send", { content, message_type });

  test("which GraphQL sees as well", async () => {
    const { file_url, file_name, file_size } = picture;
    const sent = await done(sends(file_url, "image"));
    expect(sent).toMatchObject({ message_type: "image", content: file_url, file_url, file_name, file_size });
    const { data } = await ann.graphql(`{ room(slug: "global") { lastMessage { type file { name } } } }`);
    expect(data.room.lastMessage).toEqual({ type: "IMAGE", file: { name: "photo.png" } });
    const whole = `http://parlance.test${file_url}`;
    expect(await done(sends(whole, "file"))).toMatchObject({
      message_type: "file",
      content: whole,
      file_url,
      file_name,
    });
  });

  test("and carries nothing where it is text, or means no file of ours", async () => {
    const NOTHING = { file_url: null, file_name: null, file_size: null };
    expect(await done(sends(picture.file_url, "text"))).toMatchObject({ message_type: "text", ...NOTHING });
    for (const content of ["https://elsewhere.example/photo.png", "/uploads/chat/none.png", "a word"]) {
      expect(await done(sends(content, "image"))).toMatchObject({ message_type: "image", content, ...NOTHING });
    }
  });

  test("but no picture where it is none: 400", async () => {
    const paper = await done(upload(hers, samples.pdf(), "paper.pdf"));
    await isRefused(sends(paper.file_url, "image"), 400, "content");
  });

  test("and is a message without a file when its owner has deleted that", async () => {
    const sent = await done(upload(hers, "to be deleted", "a.txt"));
    const { data } = await ann.graphql(`{ viewer { files(first: 1) { nodes { id } } } }`);
    await did(ann, "deleteFile", { fileId: data.viewer.files.nodes[0].id }, "fileId");
    expect((await reads(his)).find(({ id }) => id === sent.id)).toEqual({
      ...sent,
      file_url: null,
      file_name: null,
      file_size: null,
    });
    expect((await fetch(`${server.url}${sent.file_url}`)).status).toBe(404);
  });
});

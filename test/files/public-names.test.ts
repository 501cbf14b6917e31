import "reflect-metadata";
import { Readable } from "node:stream";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { legacyUrlOf, urlOf } from "../../src/files/addresses.ts";
import { IMAGES_AND_DOCUMENTS } from "../../src/files/content/media-types.ts";
import type { File } from "../../src/files/file.ts";
import { FILE_ADDRESS_MAXIMUM, fileAt } from "../../src/files/opening.ts";
import { visible } from "../../src/files/reach.ts";
import { upload as take } from "../../src/files/upload.service.ts";
import { rowId } from "../../src/kernel/ids.ts";
import type { Cargo } from "../../src/messages/carried-file.ts";
import { send } from "../../src/messages/message.service.ts";
import { MessageType } from "../../src/messages/message.ts";
import { did } from "../support/messages.ts";
import { type Person, person } from "../support/people.ts";
import { room } from "../support/rooms.ts";
import { contextAs, refusalOf } from "../support/context.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { DELETE, upload } from "./support/uploads.ts";

const TEXT = "0123456789";
const NOBODYS = "/uploads/chat/550e8400-e29b-41d4-a716-446655440001.jpg";

let server: TestServer;
let ann: Person;
let bob: Person;
let words: File;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  words = await uploaded({ content: TEXT, name: "Ten digits.TXT" });
});
afterAll(() => server.stop());

/** A file of ann's. */
async function uploaded(sent: { content: Uint8Array | string; name: string }): Promise<File> {
  const { id } = await upload(server, ann, sent);
  return visible(contextAs(server, ann), rowId("file", id, "fileId"), "fileId");
}

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${server.url}${path}`, { headers, method });

/** Sends a message with a file into a room of one's own. */
const sendFile = async (who: Person, cargo: Cargo, type = MessageType.FILE, content = "") => {
  const conversationId = rowId("conversation", (await room(who)).id, "conversationId");
  return send(contextAs(server, who), { conversationId, type, content, ...cargo });
};

describe("the address of a file in older protocols", () => {
  test("is a random UUIDv4 with the extension of the file's name", async () => {
    const address = legacyUrlOf(await uploaded({ content: await samples.photo("jpeg"), name: "photo.jpg" }));
    expect(address).toMatch(
      /^\/uploads\/chat\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.jpg$/,
    );
  });

  test("downloads the file as its own address does: whole, in parts, by HEAD, and not again", async () => {
    const [address, own] = [legacyUrlOf(words), urlOf("", words)];
    const told = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
      const answer = await get(path, headers, method);
      const { date, connection, "keep-alive": alive, "x-request-id": id, ...rest } = Object.fromEntries(answer.headers);
      return { status: answer.status, text: await answer.text(), rest, known: [date, connection, alive, id].length };
    };
    const { rest } = await told(address);
    for (const [headers, method] of [
      [{}, "GET"],
      [{}, "HEAD"],
      [{ range: "bytes=2-5" }, "GET"],
      [{ range: "bytes=99-" }, "GET"],
      [{ "if-none-match": rest.etag ?? "" }, "GET"],
    ] as const) {
      expect(await told(address, headers, method)).toEqual(await told(own, headers, method));
    }
    expect((await told(address, { range: "bytes=2-5" })).text).toBe("2345");
    expect((await told(address, { "if-none-match": rest.etag ?? "" })).status).toBe(304);
  });

  test("is 404 with another extension, another form, or a name that nobody has", async () => {
    const { publicId, token } = words;
    const others = [
      `${publicId}.jpg`,
      publicId,
      `${publicId}.txt.txt`,
      `${publicId.toUpperCase()}.txt`,
      `${token}.txt`,
    ];
    for (const path of [
      ...others.map((name) => `/uploads/chat/${name}`),
      NOBODYS,
      "/uploads/chat/..%2f..%2fetc",
      "/uploads/chat/",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });

  test.each(["deleteMessage", "recallMessage"])("opens nothing any more after %s of what carried it", async (verb) => {
    const file = await uploaded({ content: TEXT, name: "short-lived.txt" });
    const sent = await sendFile(ann, { fileId: file.id });
    expect((await get(legacyUrlOf(file))).status).toBe(200);
    await did(ann, verb, { messageId: sent.nodeId }, "__typename");
    expect((await get(legacyUrlOf(file))).status).toBe(404);
    expect(await fileAt(contextAs(server, ann), legacyUrlOf(file))).toBeNull();
  });

  test("opens nothing that was taken back, though a stranger makes it their picture", async () => {
    const file = await uploaded({ content: TEXT, name: "taken-back.txt" });
    const sent = await sendFile(ann, { fileId: file.id });
    const picture = { avatarUrl: urlOf(server.services.files.publicUrl, file) };
    const tea = await room(bob);
    await did(ann, "deleteMessage", { messageId: sent.nodeId }, "__typename");
    await did(bob, "updateProfile", picture, "__typename");
    await did(bob, "updateConversation", { conversationId: tea.id, ...picture }, "__typename");
    await did(bob, "addMembers", { conversationId: tea.id, userIds: [ann.id] }, "__typename");
    expect((await get(legacyUrlOf(file))).status).toBe(404);
    expect((await get(urlOf("", file))).status).toBe(404);
    expect(await fileAt(contextAs(server, bob), legacyUrlOf(file))).toBeNull();
  });

  test.each(["a picture of oneself", "the picture of one's room"])("opens %s after the message", async (which) => {
    const file = await uploaded({ content: await samples.photo("jpeg"), name: "me.jpg" });
    const sent = await sendFile(ann, { fileId: file.id });
    const picture = { avatarUrl: urlOf(server.services.files.publicUrl, file) };
    if (which === "a picture of oneself") await did(ann, "updateProfile", picture, "__typename");
    else await did(ann, "updateConversation", { conversationId: (await room(ann)).id, ...picture }, "__typename");
    await did(ann, "deleteMessage", { messageId: sent.nodeId }, "__typename");
    expect((await get(legacyUrlOf(file))).status).toBe(200);
  });

  test("opens a picture that a stranger sent on and took back", async () => {
    const file = await uploaded({ content: await samples.photo("jpeg"), name: "us.jpg" });
    await did(bob, "updateProfile", { avatarUrl: urlOf(server.services.files.publicUrl, file) }, "__typename");
    const sent = await sendFile(bob, { shownFile: file });
    await did(bob, "deleteMessage", { messageId: sent.nodeId }, "__typename");
    expect((await get(urlOf("", file))).status).toBe(200);
  });

  test("opens nothing any more once the file is deleted", async () => {
    const file = await uploaded({ content: TEXT, name: "deleted.txt" });
    await ann.graphql(DELETE, { input: { fileId: file.nodeId } });
    expect((await get(legacyUrlOf(file))).status).toBe(404);
  });
});

describe("an address that is shown", () => {
  const at = async (address: string | null, who = bob) => (await fileAt(contextAs(server, who), address))?.id ?? null;

  test("means the file, whole or as a path, in both forms, whoever shows it", async () => {
    const { publicUrl } = server.services.files;
    for (const address of [
      urlOf(publicUrl, words),
      urlOf("", words),
      `${publicUrl}${legacyUrlOf(words)}`,
      legacyUrlOf(words),
      `HTTP://PARLANCE.TEST:80${legacyUrlOf(words)}?download=1`,
    ]) {
      expect([address, await at(address)]).toEqual([address, words.id]);
    }
  });

  test("means nothing where it is elsewhere, of another form, too long, or none", async () => {
    for (const address of [
      null,
      "",
      `http://elsewhere.test${legacyUrlOf(words)}`,
      `//elsewhere.test${legacyUrlOf(words)}`,
      `ftp://parlance.test${legacyUrlOf(words)}`,
      `javascript:${legacyUrlOf(words)}`,
      `/files/${words.token}`,
      `/files/${words.token}/thumbnail/image.webp`,
      `/uploads/chat/${words.publicId}.png`,
      NOBODYS,
      "http://[",
      "\0\ud800",
      `${legacyUrlOf(words)}?${"x".repeat(FILE_ADDRESS_MAXIMUM)}`,
    ]) {
      expect([address, await at(address)]).toEqual([address, null]);
    }
  });

  test("finds a file with the longest name there is", async () => {
    const file = await uploaded({ content: TEXT, name: `${"🫖".repeat(300)}.txt` });
    expect(await at(urlOf(server.services.files.publicUrl, file))).toBe(file.id);
  });

  test("lets a stranger send the file on, who may not by its number alone", async () => {
    expect(await refusalOf(sendFile(bob, { fileId: words.id }))).toBe("NOT_FOUND fileId");
    const shownFile = await fileAt(contextAs(server, bob), legacyUrlOf(words));
    expect((await sendFile(bob, { shownFile })).fileId).toBe(words.id);
  });

  test("lets nobody send the file as what it is not, nor beside another", async () => {
    const shownFile = words;
    expect(await refusalOf(sendFile(bob, { shownFile }, MessageType.IMAGE))).toBe("BAD_USER_INPUT fileId");
    expect(await refusalOf(sendFile(bob, { shownFile }, MessageType.TEXT, "x"))).toBe("BAD_USER_INPUT fileId");
    expect(await refusalOf(sendFile(ann, { shownFile, fileId: words.id }))).toBe("BAD_USER_INPUT fileId");
  });
});

describe("an upload through a door that takes less than the server", () => {
  const only = { bytes: 1_000, kinds: IMAGES_AND_DOCUMENTS };
  const taking = (content: Uint8Array, name: string, narrower = only) =>
    take(contextAs(server, ann), {
      conversationId: null,
      only: narrower,
      file: async () => ({ name, mimeType: "", open: () => Readable.from([content]) }),
    });

  test("is refused over the door's bound, or the server's where that is less, and taken within both", async () => {
    expect((await taking(Buffer.alloc(1_000, "x"), "a.txt")).size).toBe(1_000);
    expect(await refusalOf(taking(Buffer.alloc(1_001, "x"), "a.txt"))).toBe("PAYLOAD_TOO_LARGE file");
    const vast = { ...only, bytes: 2 ** 40 };
    expect(await refusalOf(taking(Buffer.alloc(10_485_761, "x"), "a.txt", vast))).toBe("PAYLOAD_TOO_LARGE file");
  });

  test("is refused where the door does not take its kind, by its content and not its name", async () => {
    expect(await refusalOf(taking(samples.mp3(), "song.mp3"))).toBe("UNSUPPORTED_MEDIA_TYPE file");
    expect(await refusalOf(taking(samples.mp3(), "photo.jpg"))).toBe("UNSUPPORTED_MEDIA_TYPE file");
    expect((await taking(samples.pdf(), "paper.pdf")).mimeType).toBe("application/pdf");
  });

  test("is told what that door takes, be the kind one of the server's or none", async () => {
    for (const content of [samples.mp3(), Buffer.from("<html>")]) {
      await expect(taking(content, "a.html")).rejects.toThrow(/: JPEG, PNG, GIF, WebP, PDF, TXT, .* XLS and XLSX\.$/);
    }
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DiskStorage } from "../../src/files/storage/disk-storage.ts";
import { S3Storage } from "../../src/files/storage/s3-storage.ts";
import { ObjectMissing, type Storage, objectKey, thumbnailKey } from "../../src/files/storage/storage.ts";
import { refusalOf } from "../support/friends.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary-directory.ts";
import { type TestS3, startS3 } from "./support/s3.ts";
import * as samples from "./support/samples.ts";
import { stored } from "./support/stored.ts";
import { DELETE, attemptUpload, bytesOf, download, upload } from "./support/uploads.ts";

let directory: TemporaryDirectory;
let s3: TestS3;
beforeAll(async () => {
  directory = await temporaryDirectory();
  s3 = await startS3();
});
afterAll(async () => {
  await s3.stop();
  await directory[Symbol.asyncDispose]();
});

const kinds = {
  disk: () => new DiskStorage(join(directory.path, "objects")),
  s3: () => new S3Storage(s3.settings),
};

describe.each(["disk", "s3"] as const)("storage on %s", (kind) => {
  let storage: Storage;
  beforeAll(() => {
    storage = kinds[kind]();
  });
  afterAll(() => storage.close());

  async function keep(key: string, content: string): Promise<void> {
    const path = join(directory.path, `spooled-${kind}`);
    await writeFile(path, content);
    await storage.keep(key, path, { size: Buffer.byteLength(content), mimeType: "text/plain" });
  }

  test("gives back what it was given, and parts of it", async () => {
    await keep("ab/abc-_1", "0123456789");
    expect(await text(await storage.read("ab/abc-_1"))).toBe("0123456789");
    expect(await text(await storage.read("ab/abc-_1", { start: 2, end: 4 }))).toBe("234");
    expect(await text(await storage.read("ab/abc-_1", { start: 9, end: 9 }))).toBe("9");
  });

  test("keeps things apart, and forgets what it is told to", async () => {
    await keep("cd/one", "1");
    await keep("cd/two", "2");
    await storage.remove("cd/one");
    await expect(storage.read("cd/one")).rejects.toBeInstanceOf(ObjectMissing);
    expect(await text(await storage.read("cd/two"))).toBe("2");
    await storage.remove("cd/one");
  });

  test("says that it has nothing under a key", async () => {
    await expect(storage.read("no/thing")).rejects.toBeInstanceOf(ObjectMissing);
    await expect(storage.read("no/thing", { start: 0, end: 1 })).rejects.toBeInstanceOf(ObjectMissing);
  });
});

describe.each(["disk", "s3"] as const)("a server with its files on %s", (kind) => {
  let dataDir: TemporaryDirectory;
  let server: TestServer;
  let ada: Person;
  beforeAll(async () => {
    dataDir = await temporaryDirectory();
    server = await startServer({ dataDir: dataDir.path, ...(kind === "s3" ? { s3: s3.settings } : {}) });
    ada = await person(server, "ada");
  });
  afterAll(async () => {
    await server.stop();
    await dataDir[Symbol.asyncDispose]();
  });

  const keys = async () => (kind === "s3" ? s3.keys() : (await stored(dataDir.path)).objects);
  const tokenOf = (file: { url: string }): string => file.url.split("/").at(-2) ?? "";

  test("takes a file in, and hands it out in whole and in part", async () => {
    const content = samples.mp3();
    const file = await upload(server, ada, { content, name: "song.mp3" });
    expect((await bytesOf(await download(server, file.url))).equals(content)).toBe(true);
    const part = await download(server, file.url, { headers: { range: "bytes=3-9" } });
    expect([part.status, part.headers.get("content-security-policy")?.includes("sandbox")]).toEqual([206, true]);
    expect((await bytesOf(part)).equals(content.subarray(3, 10))).toBe(true);
    expect((await stored(dataDir.path)).arriving).toBe(0);
  });

  test("makes thumbnails, and lets go of both when the file is deleted", async () => {
    const file = await upload(server, ada, { content: await samples.photo("png"), name: "photo.png" });
    await jobsDone(server);
    const both = [objectKey(tokenOf(file)), thumbnailKey(tokenOf(file))];
    expect(await keys()).toEqual(expect.arrayContaining(both));
    const { errors } = await ada.graphql(DELETE, { input: { fileId: file.id } });
    expect(errors).toBeUndefined();
    for (const url of [file.url, file.thumbnailUrl]) expect((await download(server, url)).status).toBe(404);
    await jobsDone(server);
    const left = await keys();
    expect(both.filter((key) => left.includes(key))).toEqual([]);
  });

  test("keeps nothing of what it refuses", async () => {
    const before = await keys();
    const refused = await attemptUpload(server, ada, { content: "MZ", name: "program.exe" });
    expect(refusalOf(refused)).toBe("UNSUPPORTED_MEDIA_TYPE file");
    expect(await keys()).toEqual(before);
    expect((await stored(dataDir.path)).arriving).toBe(0);
  });
});

test("a server whose bucket is away refuses uploads, keeps nothing, and serves on", async () => {
  await using dataDir = await temporaryDirectory();
  const away = { ...s3.settings, endpoint: "http://127.0.0.1:1" };
  const server = await startServer({ dataDir: dataDir.path, s3: away });
  try {
    const ada = await person(server, "ada");
    const refused = await attemptUpload(server, ada, { content: samples.mp3(), name: "song.mp3" });
    expect(refusalOf(refused)).toBe("INTERNAL_SERVER_ERROR");
    const { data } = await ada.graphql(`{ viewer { files { nodes { id } } } }`);
    expect(data.viewer.files.nodes).toEqual([]);
    expect(await stored(dataDir.path)).toEqual({ objects: [], arriving: 0 });
  } finally {
    await server.stop();
  }
});

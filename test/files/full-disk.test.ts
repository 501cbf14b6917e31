import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { type SmallDisk, describeWithSmallDisk, smallDisk } from "./support/small-disk.ts";
import { stored } from "./support/stored.ts";
import { AVATAR, DELETE, attemptUpload, bytesOf, download, form, postForm, upload } from "./support/uploads.ts";

const DISK_BYTES = 1_048_576;

describeWithSmallDisk("a disk that is full", () => {
  let disk: SmallDisk;
  let server: TestServer;
  let ada: Person;
  beforeAll(async () => {
    disk = await smallDisk(DISK_BYTES);
    server = await startServer({ dataDir: disk.dataDir });
    ada = await person(server, "ada");
  });
  afterAll(async () => {
    await server.stop();
    await disk[Symbol.asyncDispose]();
  });

  const full = { code: "INTERNAL_SERVER_ERROR", reason: "STORAGE_FULL", field: "file" };
  const filler = { content: "x".repeat(936_000), name: "filler.txt" };

  test("is told to whoever uploads, keeps nothing of it, and harms nothing else", async () => {
    const refused = await attemptUpload(server, ada, { content: "x".repeat(3_000_000), name: "large.txt" });
    expect(refused.errors?.[0]?.extensions).toMatchObject(full);
    expect(await stored(disk.dataDir)).toEqual({ objects: [], arriving: 0 });

    const kept = await upload(server, ada, { content: "small", name: "small.txt" });
    const { id } = await room(ada);
    await does(ada, "sendMessage", { conversationId: id, content: "hello" });
    expect((await bytesOf(await download(server, kept.url))).toString()).toBe("small");
  });

  test("is told where it becomes full by an image that is written anew, and by a picture of oneself", async () => {
    const { id } = await upload(server, ada, filler);
    const noise = await samples.grey(randomBytes(300 * 300), 300, 300);
    expect(noise.length).toBeLessThan(100_000);
    const answers = [
      await attemptUpload(server, ada, { content: noise, name: "noise.png" }),
      await postForm(server, form(AVATAR, {}, { content: noise }), ada),
    ];
    for (const { errors } of answers) expect(errors?.[0]?.extensions).toMatchObject(full);
    expect((await stored(disk.dataDir)).arriving).toBe(0);

    await ada.graphql(DELETE, { input: { fileId: id } });
    await jobsDone(server);
    expect((await upload(server, ada, { content: noise, name: "noise.png" })).width).toBe(300);
  });
});

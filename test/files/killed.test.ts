import { readFile, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { SPOOL_KEPT_MS } from "../../src/files/spool.ts";
import { blocked } from "../support/locks.ts";
import { person } from "../support/people.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary-directory.ts";
import { beginUpload } from "./support/slow-upload.ts";
import { stored } from "./support/stored.ts";
import { attemptUpload, bytesOf, download, upload } from "./support/uploads.ts";

let directory: TemporaryDirectory;
let database: FreshDatabase;
let admin: Client;
beforeAll(async () => {
  directory = await temporaryDirectory();
  database = await freshDatabase();
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
  await directory[Symbol.asyncDispose]();
});

const start = (more: Record<string, string> = {}): Promise<ServerProcess> =>
  startServerProcess({ DATA_DIR: directory.path, DATABASE_URL: database.url, ...more });
const where = ({ url }: ServerProcess) => ({ url, wsUrl: `${url.replace("http", "ws")}/graphql` });

test("a server that is killed while a file arrives leaves nothing of it", async () => {
  {
    await using server = await start();
    const ada = await person(where(server), "ada");
    const slow = await beginUpload(server, ada);
    await slow.write("the first words");
    await expect.poll(async () => (await stored(directory.path)).arriving).toBe(1);
    server.signal("SIGKILL");
    await server.ended;
    slow.socket.destroy();
  }
  const folder = join(directory.path, "files", "incoming");
  const longAgo = new Date(Date.now() - SPOOL_KEPT_MS - 1_000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), longAgo, longAgo);
  await using server = await start();
  expect(await stored(directory.path)).toEqual({ objects: [], arriving: 0 });
  const bea = await person(where(server), "bea");
  expect((await upload(server, bea, { content: "words", name: "words.txt" })).size).toBe(5);
});

test("a server that is killed when storage has a file, and the database does not, leaves nothing of it", async () => {
  const before = (await stored(directory.path)).objects;
  {
    await using server = await start();
    const cal = await person(where(server), "cal");
    await admin.query("begin; select 1 from users where username = 'cal' for no key update");
    const lost = attemptUpload(server, cal, { content: "lost", name: "lost.txt" }).catch(() => "lost");
    await blocked(admin, 1);
    expect((await stored(directory.path)).objects).toHaveLength(before.length + 1);
    server.signal("SIGKILL");
    await server.ended;
    expect(await lost).toBe("lost");
    await admin.query("rollback");
  }
  await using server = await start();
  const { rows } = await admin.query("select * from files where name = 'lost.txt'");
  expect(rows).toEqual([]);
  await admin.query("update graphile_worker._private_jobs set run_at = now()");
  // A job that is queued wakes those that were made due behind the server's back.
  await upload(server, await person(where(server), "dan"), { content: "more", name: "more.txt" });
  await expect
    .poll(async () => (await stored(directory.path)).objects.length, { timeout: 20_000 })
    .toBe(before.length + 1);
});

test("memory does not grow with the size of a file that comes or goes", async () => {
  await using server = await start({ MAX_UPLOAD_BYTES: "400000000" });
  const eve = await person(where(server), "eve");
  const megabyte = Buffer.alloc(1_000_000, "all work and no play\n");
  const send = async (megabytes: number): Promise<{ url: string }> => {
    const slow = await beginUpload(server, eve);
    for (let sent = 0; sent < megabytes; sent += 1) await slow.write(megabyte);
    const answer = await slow.end();
    slow.socket.destroy();
    expect(answer).toContain(`"size":${megabytes * 1_000_000}`);
    return { url: /"url":"([^"]+)"/.exec(answer)?.[1] ?? "" };
  };
  const take = async ({ url }: { url: string }): Promise<number> => {
    let bytes = 0;
    for await (const chunk of (await download(server, url)).body ?? []) bytes += (chunk as Uint8Array).length;
    return bytes;
  };
  const peakMegabytes = async (): Promise<number> => {
    const status = await readFile(`/proc/${server.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1_000;
  };
  await take(await send(10));
  const before = await peakMegabytes();
  expect(await take(await send(190))).toBe(190_000_000);
  expect((await peakMegabytes()) - before).toBeLessThan(120);
  expect((await bytesOf(await download(server, (await send(1)).url))).length).toBe(1_000_000);
});

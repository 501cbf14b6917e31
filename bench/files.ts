/**
 * Uploads and downloads of files, beside the plain disk: `npm run build && node bench/files.ts`. One client, one file at a
 * time, 10 MB each; an upload is on the disk (fsync) when it is answered, as is what it is compared with.
 */
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { person } from "../test/support/people.ts";
import { startServerProcess } from "../test/support/server-process.ts";
import { download, upload } from "../test/files/support/uploads.ts";

const MEGABYTES = 10;
const FILES_OF_ONE = 15;
const PEOPLE = 3;
const CONTENT = Buffer.alloc(MEGABYTES * 1_000_000, "all work and no play\n");

async function rate(times: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (let index = 0; index < times; index += 1) await work(index);
  return Math.round((times * MEGABYTES * 1_000) / (performance.now() - begun));
}

const folder = await mkdtemp(join(tmpdir(), "parlance-bench-files-"));
const server = await startServerProcess({ DATA_DIR: folder });
try {
  const where = { url: server.url, wsUrl: "" };
  const total = PEOPLE * FILES_OF_ONE;
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => person(where, `bench-${index}`)));
  const urls: string[] = [];
  const up = await rate(total, async (index) => {
    const who = people[index % PEOPLE];
    if (who === undefined) throw new Error("There is nobody.");
    const file = (await upload(where, who, { content: CONTENT, name: "words.txt" })) as { readonly url: string };
    urls.push(file.url);
  });
  const down = await rate(total, async (index) => {
    for await (const _ of (await download(where, urls[index] ?? "")).body ?? []) {
      // The bytes are what counts.
    }
  });
  const written = await rate(total, async (index) => {
    await using file = await open(join(folder, `plain-${index}`), "w");
    await file.writeFile(CONTENT);
    await file.sync();
  });
  const read = await rate(total, (index) => readFile(join(folder, `plain-${index}`)));
  console.log(`upload   ${up} MB/s; the plain disk, with fsync, ${written} MB/s`);
  console.log(`download ${down} MB/s; the plain disk, from its cache, ${read} MB/s`);
} finally {
  server.signal("SIGTERM");
  await server.ended;
  await rm(folder, { recursive: true, force: true });
}

import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";

import type { Context } from "../kernel/context.ts";
import { queueJob } from "../kernel/jobs.ts";
import { thumbnailer } from "./content/picture.ts";
import type { File } from "./file.ts";
import { byIds } from "./reach.ts";
import { ObjectMissing, objectKey, thumbnailKey } from "./storage/storage.ts";
import { AWAITED, IN_USE } from "./use.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Removes what storage holds under a token, where no row has it. */
    removeObjects: { readonly token: string };
    makeThumbnail: { readonly fileId: number };
    /** Removes a file that nothing names, where it is old enough. */
    sweepFile: { readonly fileId: number };
  }
}

/** How long a file is kept that nothing names. */
export const UNUSED_KEPT_MS = 86_400_000;

/** The keys of the jobs: one of each waits, at the most. The triggers of the database use the same. */
export const objectsJob = (token: string): string => `objects:${token}`;
export const sweepJob = (fileId: number): string => `sweepFile:${fileId}`;

/** When a file is looked at for the first time. */
export const sweepAt = ({ createdAt }: Pick<File, "createdAt">): Date => new Date(createdAt.getTime() + UNUSED_KEPT_MS);

export async function removeObjects(ctx: Context, { token }: { token: string }): Promise<void> {
  const [row] = await ctx.sql("select 1 from files where token = $1", [token]);
  if (row !== undefined) return;
  const { storage } = ctx.services.files;
  await storage.remove(objectKey(token));
  await storage.remove(thumbnailKey(token));
}

export async function makeThumbnail(ctx: Context, { fileId }: { fileId: number }): Promise<void> {
  const { storage, spool, images } = ctx.services.files;
  const [file] = await byIds(ctx, [fileId]);
  if (file == null || file.thumbnailSize !== null) return;
  const { token } = file;
  await images.pass(async () => {
    const source = await storage.read(objectKey(token)).catch((error: unknown) => {
      if (error instanceof ObjectMissing) return null;
      throw error;
    });
    // It was deleted a moment ago.
    if (source === null) return;
    const made = new PassThrough();
    const [spooled] = await Promise.all([spool.write(made), pipeline(source, thumbnailer(), made)]);
    await using thumbnail = spooled;
    const { path, size } = thumbnail;
    await storage.keep(thumbnailKey(token), path, { size, mimeType: "image/webp" });
    const rows = await ctx.sql("update files set thumbnail_size = $2 where id = $1 returning id", [fileId, size]);
    if (rows.length === 0) await removeObjects(ctx, { token });
  });
}

/** Removes a file that nothing names; one that something is yet to name is looked at again a day later. */
export async function sweepFile(ctx: Context, { fileId }: { fileId: number }): Promise<void> {
  await ctx.transaction(async (tx) => {
    // Under the row's lock nobody can begin to name it; who was faster is seen by the next statement.
    await tx.sql("select 1 from files where id = $1 for update", [fileId]);
    const [row] = await tx.sql<{ age: string; used: boolean; awaited: boolean }>(
      `select extract(epoch from clock_timestamp() - f.created_at) * 1000 as age, ${IN_USE} as used, ${AWAITED} as awaited
       from files f where f.id = $1`,
      [fileId],
    );
    if (row === undefined || row.used) return;
    const wait = row.awaited ? UNUSED_KEPT_MS : UNUSED_KEPT_MS - Number(row.age);
    if (wait > 0) {
      const at = new Date(Date.now() + wait);
      return queueJob(tx, "sweepFile", { fileId }, { key: sweepJob(fileId), at });
    }
    await tx.sql("delete from files where id = $1", [fileId]);
  });
}

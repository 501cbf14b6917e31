import { Readable } from "node:stream";
import { createGzip } from "node:zlib";

import type { Context } from "../kernel/context.ts";
import { deleteInBatches } from "../kernel/delete-in-batches.ts";
import { notify } from "../notifications/notify.ts";
import { tellUsers } from "../realtime/events.ts";
import { exportKey, mimeTypeOf } from "./export-file.ts";
import { linesOf } from "./export-lines.ts";
import { EXPORT_TRIES, exportFrom, isStillTheirs } from "./export.service.ts";
import { type Export, ExportKind, ExportState } from "./export.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Writes an export. */
    export: { readonly exportId: number };
    /** Each hour: lets go of the files of exports that have expired. */
    dropExports: Record<string, never>;
  }
}

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** An export that the receiver asked for is READY, or FAILED. */
    export: { readonly exportId: number };
  }
}

/** How long an export can be fetched, and how long it is remembered. */
export const EXPORT_KEPT_DAYS = 7;
export const EXPORT_REMEMBERED_DAYS = 90;

/**
 * Writes an export: into a file of this node's own, and once that is whole into storage. A node that dies amid it leaves
 * its part to the spool, which clears it away, and the job begins anew on another node.
 */
export async function writeExport(ctx: Context, { exportId }: { exportId: number }): Promise<void> {
  const [row] = await ctx.sql(
    `update exports set state = 'RUNNING', records = 0, tries = tries + 1
     where id = $1 and state in ('PENDING', 'RUNNING') returning *`,
    [exportId],
  );
  if (row === undefined) return;
  const asked = exportFrom(row);
  // What it is of may have been deleted since.
  const id = asked.kind === ExportKind.USER ? asked.userId : asked.conversationId;
  if (id === null || !(await isStillTheirs(ctx, asked))) return settle(ctx, asked, ExportState.FAILED, null);
  try {
    await settle(ctx, asked, ExportState.READY, await store(ctx, asked, id));
  } catch (error) {
    if (asked.tries < EXPORT_TRIES) throw error;
    ctx.log.error({ err: error, exportId }, "an export was given up");
    await settle(ctx, asked, ExportState.FAILED, null);
  }
}

/** @returns the file's size in bytes */
async function store(ctx: Context, asked: Export, id: number): Promise<number> {
  const { spool, storage } = ctx.services.files;
  const onPage = async (records: number): Promise<void> => {
    await ctx.sql("update exports set records = $2 where id = $1", [asked.id, records]);
  };
  await using file = await ctx.snapshot((reads) => {
    const lines = Readable.from(linesOf(reads, { kind: asked.kind, id }, onPage), { objectMode: false });
    return spool.write(asked.isCompressed ? compressed(lines) : lines);
  });
  const { path, size } = file;
  await storage.keep(exportKey(asked.token), path, { size, mimeType: mimeTypeOf(asked) });
  return size;
}

function compressed(lines: Readable): Readable {
  const gzip = createGzip();
  // `pipe` passes no error on.
  lines.on("error", (error) => gzip.destroy(error));
  return lines.pipe(gzip);
}

async function settle(
  ctx: Context,
  asked: Export,
  state: ExportState.READY | ExportState.FAILED,
  size: number | null,
): Promise<void> {
  await ctx.transaction(async (tx) => {
    const rows = await tx.sql(
      `update exports set state = $2, size = $3, finished_at = now(),
         expires_at = case when $2 = 'READY' then now() + make_interval(days => ${EXPORT_KEPT_DAYS}) end
       where id = $1 and state = 'RUNNING' returning id`,
      [asked.id, state, size],
    );
    if (rows.length === 0) return;
    tellUsers(tx, [asked.requestedById], { type: "export", exportId: asked.id });
    await notify(tx, [asked.requestedById], {
      type: "SYSTEM",
      title: state === ExportState.READY ? "Your export is ready" : "Your export failed",
      content:
        state === ExportState.READY
          ? `It can be downloaded for ${EXPORT_KEPT_DAYS} days.`
          : "It could not be written. Ask for another one.",
      data: { exportId: asked.nodeId },
      key: `export:${asked.id}`,
    });
  });
}

/** Lets go of what has expired, and forgets what is long past. */
export async function dropExports(ctx: Context): Promise<void> {
  const expired = await ctx.sql<{ id: string; token: string }>(
    "select id, token from exports where state = 'READY' and expires_at <= now() order by id limit 1000",
  );
  for (const { id, token } of expired) {
    await ctx.services.files.storage.remove(exportKey(token));
    await ctx.sql("update exports set state = 'EXPIRED' where id = $1", [id]);
  }
  const old = `select id from exports
    where state in ('FAILED', 'EXPIRED') and created_at < now() - make_interval(days => $1)`;
  await deleteInBatches(ctx, "exports", old, [EXPORT_REMEMBERED_DAYS]);
}

import { REACHED } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { notFound } from "../kernel/errors.ts";
import { administers } from "../users/administrators.ts";
import { FILE_COLUMNS, fileFrom } from "./file-row.ts";
import type { File } from "./file.ts";

/** The condition under which a message `m` still says what it carries. */
const SPEAKS = "m.deleted_at is null and m.recalled_at is null";

/**
 * The files of these ids that exist for the viewer, in the order of the ids, null for the others: their own, and those
 * that a message carries which they may see.
 */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(File | null)[]> {
  const rows = await ctx.sql(
    `select ${FILE_COLUMNS} from files f
     where f.id = any ($1) and (f.owner_id = $2 or exists (
       select 1 from messages m join conversations c on c.id = m.conversation_id
       left join members v on v.conversation_id = c.id and v.user_id = $2
       where m.file_id = f.id and ${SPEAKS} and ${REACHED("$3")}))`,
    [ids, ctx.me.userId, administers(ctx)],
  );
  return inOrder(ids, rows);
}

/** Files by id, whoever asks: for what was itself loaded through the viewer. Null where there is none. */
export async function byIds(ctx: Context, ids: readonly number[]): Promise<(File | null)[]> {
  return inOrder(ids, await ctx.sql(`select ${FILE_COLUMNS} from files f where f.id = any ($1)`, [ids]));
}

/** A file as it exists for the viewer. @throws NOT_FOUND naming `field` */
export async function visible(ctx: Context, id: number, field: string): Promise<File> {
  const file = await ctx.load(visibleByIds, id);
  if (file === null) throw notFound(field, "file");
  return file;
}

function inOrder(ids: readonly number[], rows: readonly Row[]): (File | null)[] {
  const found = new Map(rows.map((row) => [Number(row.id), fileFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

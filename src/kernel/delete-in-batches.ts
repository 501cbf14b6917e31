import type { Context } from "./context.ts";
import type { SqlParameter } from "./database.ts";

/** Rows that one statement deletes, at the most: it holds its locks, and what replicas replay at once, for a moment. */
const BATCH = 5_000;

/**
 * Deletes rows that have become too old or too many, a batch after the other, each committed by itself.
 *
 * @param table whose key is `id`
 * @param which SQL that selects the ids of what is to go
 */
export async function deleteInBatches(
  ctx: Context,
  table: string,
  which: string,
  parameters: readonly SqlParameter[] = [],
): Promise<void> {
  let deleted: unknown[];
  do {
    deleted = await ctx.sql(`delete from ${table} where id in (${which} limit ${BATCH}) returning 1`, parameters);
  } while (deleted.length === BATCH);
}

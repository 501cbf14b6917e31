import type { Context } from "../kernel/context.ts";

/** Ids of members that a conversation shows in a list that has no pages, in the older APIs, at the most. */
export const MEMBER_IDS_SHOWN = 1_000;

/**
 * Who is in each of these conversations, by id, {@link MEMBER_IDS_SHOWN} at the most, in the order of the conversations. For
 * `ctx.load`, of conversations that were themselves loaded through the viewer.
 */
export async function memberIds(ctx: Context, conversationIds: readonly number[]): Promise<number[][]> {
  const rows = await ctx.sql<{ id: string; user_id: string }>(
    `select c.id, m.user_id from unnest($1::bigint[]) c (id) cross join lateral (
       select user_id from members where conversation_id = c.id and left_at is null order by user_id limit $2) m
     order by m.user_id`,
    [conversationIds, MEMBER_IDS_SHOWN],
  );
  const found = new Map<number, number[]>(conversationIds.map((id) => [id, []]));
  for (const row of rows) found.get(Number(row.id))?.push(Number(row.user_id));
  return conversationIds.map((id) => found.get(id) ?? []);
}

import { UNREAD } from "../conversations/unread.ts";
import type { Context } from "../kernel/context.ts";

/** Counting stops here: more than nine hundred is "999+" to any reader. */
export const UNREAD_MAXIMUM = 999;

/** How many messages are unread of one membership `m`. */
const COUNT = `(select count(*) from (
  select 1 from messages x
  where x.conversation_id = m.conversation_id and x.seq > m.last_read_seq and ${UNREAD}
  limit ${UNREAD_MAXIMUM}) counted)`;

/** How many messages the viewer has not read, in each conversation; 0 where they are no member. For `ctx.load`. */
export async function unreadCounts(ctx: Context, conversationIds: readonly number[]): Promise<number[]> {
  const rows = await ctx.sql<{ conversation_id: string; unread: string }>(
    `select m.conversation_id, ${COUNT} as unread from members m
     where m.user_id = $1 and m.conversation_id = any ($2) and m.left_at is null`,
    [ctx.me.userId, conversationIds],
  );
  const found = new Map(rows.map((row) => [Number(row.conversation_id), Number(row.unread)]));
  return conversationIds.map((id) => found.get(id) ?? 0);
}

/** How many messages the viewer has not read, in all of their conversations together, each counted up to the maximum. */
export async function unreadTotal(ctx: Context): Promise<number> {
  const [row] = await ctx.sql<{ unread: string | null }>(
    `select sum(${COUNT}) as unread from members m where m.user_id = $1 and m.left_at is null`,
    [ctx.me.userId],
  );
  return Number(row?.unread ?? 0);
}

import type { Context } from "../kernel/context.ts";

/** People whom one subscriber is told of who names nobody; of friends and peers beyond that, none. */
export const ACQUAINTANCES_MAXIMUM = 5_000;

/** For each of these users their friends, then the people in their direct conversations. For `ctx.load`. */
export async function acquaintances(ctx: Context, userIds: readonly number[]): Promise<Set<number>[]> {
  const rows = await ctx.sql<{ user_id: string; other_id: string }>(
    `select v.id as user_id, a.other_id from unnest($1::bigint[]) v (id) cross join lateral (
       select friend_id as other_id from friendships where user_id = v.id
       union all
       select o.user_id from members m
       join conversations c on c.id = m.conversation_id and c.kind = 'DIRECT'
       join members o on o.conversation_id = c.id and o.user_id <> v.id
       where m.user_id = v.id and m.left_at is null
       limit $2) a`,
    [userIds, ACQUAINTANCES_MAXIMUM],
  );
  const found = new Map(userIds.map((userId) => [userId, new Set<number>()]));
  for (const row of rows) found.get(Number(row.user_id))?.add(Number(row.other_id));
  return userIds.map((userId) => found.get(userId) ?? new Set());
}

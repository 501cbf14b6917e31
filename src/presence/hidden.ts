import type { Context } from "../kernel/context.ts";

/** A viewer, and somebody who may be shown to them. */
export interface Pairing {
  readonly viewerId: number;
  readonly userId: number;
}

/** Finds the blocks between users and viewers. @returns whether one stands between two of them, whoever made it */
export async function hiddenAmong(
  ctx: Context,
  userIds: readonly number[],
  viewerIds: readonly number[],
): Promise<(pair: Pairing) => boolean> {
  const rows = await ctx.sql<{ user_id: string; blocked_id: string }>(
    `select user_id, blocked_id from blocks where user_id = any ($1) and blocked_id = any ($2)
     union all
     select blocked_id, user_id from blocks where user_id = any ($2) and blocked_id = any ($1)`,
    [userIds, viewerIds],
  );
  const blocked = new Set(rows.map((row) => `${row.user_id} ${row.blocked_id}`));
  return ({ viewerId, userId }) => blocked.has(`${userId} ${viewerId}`);
}

import { uses } from "../auth/accounts.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden, notFound } from "../kernel/errors.ts";
import { administers } from "../users/administrators.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import type { UserStats } from "./statistics.ts";

/**
 * How much somebody does here, for themselves and for administrators.
 *
 * @param userId whose; the viewer's where it is null
 * @throws FORBIDDEN, NOT_FOUND
 */
export async function userStats(ctx: Context, userId: number | null): Promise<UserStats> {
  const { userId: me } = ctx.me;
  const whose = userId ?? me;
  if (whose !== me && !administers(ctx)) throw forbidden("Only administrators see this of others.", "userId");
  if ((await ctx.load(byIdsOrNull, whose)) === null) throw notFound("userId", "user");
  const [[row], { lastUsedAt }] = await Promise.all([
    // Each half has an index of its own.
    ctx.sql<{ messages: string; conversations: string; friends: string }>(
      `select sum(sent) as messages, sum(present) as conversations,
         (select count(*) from friendships where user_id = $1) as friends
       from (select sum(sent) as sent, count(*) as present from members where user_id = $1 and left_at is null
             union all select sum(sent), 0 from members where user_id = $1 and left_at is not null) memberships`,
      [whose],
    ),
    ctx.load(uses, whose),
  ]);
  return {
    userId: whose,
    messages: Number(row?.messages),
    conversations: Number(row?.conversations),
    friends: Number(row?.friends),
    lastUsedAt,
  };
}

import type { Context } from "../kernel/context.ts";
import { badInput, type Failure, forbidden, notFound } from "../kernel/errors.ts";
import { byIdsOrNull } from "../users/user.service.ts";

/**
 * What somebody hears who may not reach a person, whatever the reason: that they were blocked reads the same as that
 * the person takes messages from friends only.
 */
export const unreachable = (field: string): Failure => forbidden("This person cannot be reached.", field);

/** What somebody hears who wants to reach a person whom they have blocked themselves. */
export const blockedByYou = (field: string): Failure =>
  forbidden("You have blocked this person. Unblock them first.", field);

/**
 * Whether one user may write to another: neither has blocked the other, and the other takes messages from everyone or
 * the two are friends. False for an unknown receiver, and for one whose account is deactivated.
 */
export const mayReach = (ctx: Context, fromUserId: number, toUserId: number): Promise<boolean> =>
  mayReachAll(ctx, fromUserId, [toUserId]);

/** Whether one user may write to each of these, as {@link mayReach} says of one, in one statement. */
export async function mayReachAll(ctx: Context, fromUserId: number, toUserIds: readonly number[]): Promise<boolean> {
  const rows = await ctx.sql(
    `select 1 from users u
     where u.id = any ($2) and u.deactivated_at is null
       and not exists (select 1 from blocks where user_id = u.id and blocked_id = $1)
       and not exists (select 1 from blocks where user_id = $1 and blocked_id = u.id)
       and (u.direct_message_policy = 'EVERYONE'
         or exists (select 1 from friendships where user_id = u.id and friend_id = $1))`,
    [fromUserId, toUserIds],
  );
  return rows.length === new Set(toUserIds).size;
}

/**
 * Demands that the viewer may write to somebody, as {@link mayReach} says.
 *
 * @param field the argument that named them
 * @throws BAD_USER_INPUT for oneself, NOT_FOUND for nobody, FORBIDDEN with the one refusal for who cannot be reached
 */
export async function demandReach(ctx: Context, userId: number, field: string): Promise<void> {
  const { userId: me } = ctx.me;
  if (userId === me) throw badInput(field, `${field} must be somebody else's.`);
  if ((await ctx.load(byIdsOrNull, userId)) === null) throw notFound(field, "user");
  if (!(await mayReach(ctx, me, userId))) throw unreachable(field);
}

import { mayReachAll, unreachable } from "../friends/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { byIdsOrNull } from "../users/user.service.ts";

/** People put in by one call, at the most. */
export const PEOPLE_MAXIMUM = 100;

/**
 * Checks that these may be put into a conversation by the viewer, who must be able to reach each of them: a
 * conversation is no way round a block, nor round taking messages from friends only.
 *
 * @returns each of them once, in the order of ids
 * @throws BAD_USER_INPUT for too many, NOT_FOUND where there is no such user, FORBIDDEN for who cannot be reached
 */
export async function demandPeople(ctx: Context, userIds: readonly number[], field: string): Promise<number[]> {
  if (userIds.length > PEOPLE_MAXIMUM)
    throw badInput(field, `${field} may have at most ${PEOPLE_MAXIMUM} items.`, PEOPLE_MAXIMUM);
  const people = [...new Set(userIds)].toSorted((a, b) => a - b);
  const users = await Promise.all(people.map((id) => ctx.load(byIdsOrNull, id)));
  if (users.includes(null)) throw notFound(field, "user");
  const { userId } = ctx.me;
  const others = people.filter((id) => id !== userId);
  if (!(await mayReachAll(ctx, userId, others))) throw unreachable(field);
  return people;
}

import type { Conversation } from "../conversations/conversation.ts";
import { lockConversation } from "../conversations/log.ts";
import { byIds as conversationsByIds } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { byIds as usersByIds } from "../users/user.service.ts";
import { type Standing, standing } from "./permissions.ts";

/**
 * Changes a conversation: under its lock, so that what `work` finds, the number of members and everybody's role
 * included, holds until the commit, and of two who want the last place one is second.
 *
 * @param field the argument that named the conversation
 * @throws NOT_FOUND where it does not exist for the viewer, or was deleted a moment ago
 */
export function changing<T>(
  ctx: Context,
  conversationId: number,
  field: string,
  work: (tx: Context, who: Standing) => Promise<T>,
): Promise<T> {
  return ctx.transaction(async (tx) => {
    await lockConversation(tx, conversationId);
    return work(tx, await standing(tx, conversationId, field));
  });
}

/** The conversation as it is now that it was changed. @throws NOT_FOUND where somebody deleted it meanwhile */
export async function fresh<C extends Conversation>(ctx: Context, { id }: C, field = "conversationId"): Promise<C> {
  const conversation = await ctx.load(conversationsByIds, id);
  if (conversation === null) throw notFound(field, "conversation");
  return conversation as C;
}

/** The names that notes call people by, in the order of the ids. */
export async function namesOf(ctx: Context, userIds: readonly number[]): Promise<string[]> {
  const users = await Promise.all(userIds.map((id) => ctx.load(usersByIds, id)));
  return users.map(({ displayName }) => displayName);
}

/** As {@link namesOf}, of one. */
export async function nameOf(ctx: Context, userId: number): Promise<string> {
  const user = await ctx.load(usersByIds, userId);
  return user.displayName;
}

import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { Failure, notFound, unauthenticated } from "../kernel/errors.ts";
import type { Message } from "./message.ts";
import { byId } from "./read.ts";

/** A message that the viewer may see. @throws UNAUTHENTICATED, whether it exists or not; NOT_FOUND naming `field` */
export async function visible(ctx: Context, messageId: number, field: string): Promise<Message> {
  if (ctx.viewer === null) throw unauthenticated();
  const message = await ctx.load(byId, messageId);
  if (message === null) throw notFound(field, "message");
  try {
    await visibleConversation(ctx, message.conversationId, field);
  } catch (error) {
    // A message of a conversation that one cannot see reads as one that does not exist.
    if (error instanceof Failure && error.code === "NOT_FOUND") throw notFound(field, "message");
    throw error;
  }
  return message;
}

/** As {@link visible}, and null for what the viewer may not see. */
export async function visibleOrNull(ctx: Context, messageId: number): Promise<Message | null> {
  try {
    return await visible(ctx, messageId, "id");
  } catch (error) {
    if (error instanceof Failure && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/**
 * As {@link visible}, for a message that is said to stand in a conversation.
 *
 * @throws UNAUTHENTICATED, NOT_FOUND naming `field` also where it stands in another one
 */
export async function visibleIn(
  ctx: Context,
  messageId: number,
  conversationId: number,
  field: string,
): Promise<Message> {
  const message = await visible(ctx, messageId, field);
  if (message.conversationId !== conversationId) throw notFound(field, "message");
  return message;
}

/**
 * Whether there is such a message, whoever may see it. For one door alone: chat8 tells a message that is not the caller's
 * to see (MESSAGE_002) from one that does not exist (MESSAGE_001); its numbers are consecutive, so that gives nothing
 * away. Every other door asks {@link visible}, for which the two are the same.
 */
export async function exists(ctx: Context, messageId: number): Promise<boolean> {
  return (await ctx.load(byId, messageId)) !== null;
}

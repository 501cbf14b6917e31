import { ofViewer } from "../conversations/memberships.ts";
import { visible } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden } from "../kernel/errors.ts";
import { demandWriter } from "../rooms/writing.ts";

/**
 * Says that the viewer types in a conversation, or does so no more. The others are told when it begins and when it is
 * over: said so, 6 seconds after it was last said, or with the viewer's message.
 *
 * @throws NOT_FOUND, FORBIDDEN for whoever may not write there
 */
export async function setTyping(
  ctx: Context,
  { conversationId, isTyping }: { conversationId: number; isTyping: boolean },
): Promise<void> {
  const { userId } = ctx.me;
  const { typing } = ctx.services;
  const news = { conversationId, userId, isTyping };
  if (!typing.isAllowed(news)) {
    await visible(ctx, conversationId, "conversationId");
    await demandWriter(ctx, conversationId, "conversationId");
    typing.allow(news);
  }
  typing.say(news);
}

/** Demands that the viewer is in the conversation: who types is the members' own business. @throws NOT_FOUND, FORBIDDEN */
export async function demandListener(ctx: Context, conversationId: number): Promise<void> {
  await visible(ctx, conversationId, "conversationId");
  if ((await ctx.load(ofViewer, conversationId)) === null) throw forbidden("Join the room first.", "conversationId");
}

import type { Context } from "../kernel/context.ts";

/**
 * What one user is told live, beside the logs of their conversations: name → payload (JSON, ids as numbers). Whoever
 * owns a fact adds its event here by declaration merging.
 */
export interface UserEvents {}

/** What those who see a conversation are told live and no log keeps: read positions, typing. Filled likewise. */
export interface ConversationEvents {}

type Named<Events> = { [Name in keyof Events]: { readonly type: Name } & Events[Name] }[keyof Events];
export type UserEvent = Named<UserEvents>;
export type ConversationEvent = Named<ConversationEvents>;

export const userTopic = (userId: number): string => `user:${userId}`;
/** Carries `{ changes: […] }`, the log, and single {@link ConversationEvent}s. */
export const conversationTopic = (conversationId: number): string => `conversation:${conversationId}`;

/** Tells users of a fact, after the commit of the transaction that is under way. */
export function tellUsers(ctx: Context, userIds: Iterable<number>, event: UserEvent): void {
  const receivers = [...new Set(userIds)];
  ctx.afterCommit(() => {
    for (const userId of receivers) ctx.services.bus.publish(userTopic(userId), event);
  });
}

/** Tells those who see a conversation, after the commit of the transaction that is under way. */
export function tellConversation(ctx: Context, conversationId: number, event: ConversationEvent): void {
  ctx.afterCommit(() => ctx.services.bus.publish(conversationTopic(conversationId), event));
}

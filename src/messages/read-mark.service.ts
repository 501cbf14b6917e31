import { visible } from "../conversations/reach.ts";
import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, forbidden } from "../kernel/errors.ts";
import { tellConversation } from "../realtime/events.ts";
import type { Message } from "./message.ts";
import { visible as visibleMessage } from "./reach.ts";

declare module "../realtime/events.ts" {
  interface ConversationEvents {
    /** A member has read up to `seq`. */
    read: { conversationId: number; userId: number; seq: number; readAt: string };
  }
}

/**
 * Moves the viewer's reading position up to a message; never back.
 *
 * @param seq the number of the last message read, at most the conversation's newest
 * @throws NOT_FOUND, FORBIDDEN for those who are no members, BAD_USER_INPUT for a message yet to come
 */
export async function markRead(
  ctx: Context,
  { conversationId, seq }: { conversationId: number; seq: number },
): Promise<void> {
  const conversation = await visible(ctx, conversationId, "conversationId");
  if (seq < 0 || seq > conversation.lastSeq) {
    throw badInput(
      "seq",
      `seq must be between 0 and ${conversation.lastSeq}, the newest message.`,
      conversation.lastSeq,
    );
  }
  await advance(ctx, { conversationId, seq }, "conversationId");
}

/**
 * As {@link markRead}, by a message that the viewer sees.
 *
 * @returns the message
 * @throws NOT_FOUND, FORBIDDEN for those who are no members
 */
export async function markReadTo(ctx: Context, messageId: number): Promise<Message> {
  const message = await visibleMessage(ctx, messageId, "messageId");
  await advance(ctx, message, "messageId");
  return message;
}

/** @param field the argument that a refusal names */
async function advance(
  ctx: Context,
  { conversationId, seq }: Pick<Message, "conversationId" | "seq">,
  field: string,
): Promise<void> {
  const { userId } = ctx.me;
  const [row] = await ctx.sql<{ read_at: string | null }>(
    // The conversation's row first, as everywhere: read_advances refers to it, and whoever deletes it takes it first too.
    `with held as materialized (
       select id from conversations where id = $1 for key share),
     member as materialized (
       select m.id from held join members m on m.conversation_id = held.id and m.user_id = $2 and m.left_at is null),
     moved as (
       update members set last_read_seq = $3, last_read_at = clock_timestamp()
       where id = (select id from member) and last_read_seq < $3 returning last_read_at),
     noted as (
       insert into read_advances (conversation_id, user_id, seq, read_at) select $1, $2, $3, last_read_at from moved
       on conflict do nothing)
     select (select last_read_at from moved) as read_at from member`,
    [conversationId, userId, seq],
  );
  if (row === undefined) {
    // It may have been deleted a moment ago.
    await visible(ctx, conversationId, field);
    throw forbidden("Join the room first.", field);
  }
  if (row.read_at === null) return;
  tellConversation(ctx, conversationId, {
    type: "read",
    conversationId,
    userId,
    seq,
    readAt: time(row.read_at).toISOString(),
  });
}

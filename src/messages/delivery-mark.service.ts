import { visible } from "../conversations/reach.ts";
import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, forbidden } from "../kernel/errors.ts";
import { tellConversation } from "../realtime/events.ts";

declare module "../realtime/events.ts" {
  interface ConversationEvents {
    /** Everything up to `seq` has reached one of a member's devices. */
    delivered: { conversationId: number; userId: number; seq: number; deliveredAt: string };
  }
}

/**
 * Notes that everything up to a message has reached one of the viewer's devices; never back. What was read was
 * delivered: nothing is noted below the reading position.
 *
 * @param seq the number of the last message delivered, at most the conversation's newest
 * @throws NOT_FOUND, FORBIDDEN for those who are no members, BAD_USER_INPUT for a message yet to come
 */
export async function markDelivered(
  ctx: Context,
  { conversationId, seq }: { conversationId: number; seq: number },
): Promise<void> {
  const { userId } = ctx.me;
  const { lastSeq } = await visible(ctx, conversationId, "conversationId");
  if (seq < 0 || seq > lastSeq) {
    throw badInput("seq", `seq must be between 0 and ${lastSeq}, the newest message.`, lastSeq);
  }
  const [row] = await ctx.sql<{ delivered_at: string | null }>(
    `with moved as (
       update members set last_delivered_seq = $3, last_delivered_at = clock_timestamp()
       where conversation_id = $1 and user_id = $2 and left_at is null
         and greatest(last_delivered_seq, last_read_seq) < $3 returning last_delivered_at)
     select (select last_delivered_at from moved) as delivered_at
     from members where conversation_id = $1 and user_id = $2 and left_at is null`,
    [conversationId, userId, seq],
  );
  if (row === undefined) {
    // It may have been deleted a moment ago.
    await visible(ctx, conversationId, "conversationId");
    throw forbidden("Join the room first.", "conversationId");
  }
  if (row.delivered_at === null) return;
  const deliveredAt = time(row.delivered_at).toISOString();
  tellConversation(ctx, conversationId, { type: "delivered", conversationId, userId, seq, deliveredAt });
}

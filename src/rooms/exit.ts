import { tellLeft } from "../conversations/conversation-event.ts";
import type { Conversation } from "../conversations/conversation.ts";
import { appendNote } from "../conversations/log.ts";
import type { Member } from "../conversations/member.ts";
import { end } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { nameOf } from "./change.ts";

/** How a membership ends, and how the log puts it. */
const WAYS = {
  left: (_: string, whom: string) => `${whom} left.`,
  removed: (who: string, whom: string) => `${who} removed ${whom}.`,
  banned: (who: string, whom: string) => `${who} banned ${whom}.`,
} as const;

/**
 * Ends a membership by the one way out there is. Invites that the member made end with it: nobody comes in any more in
 * the name of somebody who is out. Call it under the conversation's lock.
 */
export async function letGo(
  tx: Context,
  { id }: Conversation,
  { userId }: Member,
  event: keyof typeof WAYS,
): Promise<void> {
  const actorId = tx.me.userId;
  const content = WAYS[event](await nameOf(tx, actorId), await nameOf(tx, userId));
  await end(tx, id, userId, event === "banned");
  await withdrawInvites(tx, id, userId);
  await appendNote(tx, id, { event, actorId, userIds: [userId] }, content);
  tellLeft(tx, id, userId);
}

/** Ends the invites that somebody made for a conversation: they may not invite any more. */
export async function withdrawInvites(tx: Context, conversationId: number, userId: number): Promise<void> {
  await tx.sql("delete from invites where conversation_id = $1 and created_by_id = $2", [conversationId, userId]);
}

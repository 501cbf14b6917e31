import { lockConversation } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { recordServerAct } from "../rooms/audit.ts";
import { may, standing } from "../rooms/permissions.ts";
import { Failure, forbidden } from "../kernel/errors.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { forgetPast } from "./edit-history.ts";
import { type Message, MessageType } from "./message.ts";
import { change, type RowChange, writeChange } from "./message.service.ts";
import { byId } from "./read.ts";
import { forgetReactions } from "./reaction.service.ts";

declare module "../kernel/context.ts" {
  interface Services {
    /** Seconds within which a sender may recall a message; 0 where nobody may. */
    recallWindowSeconds: number;
  }
}

/**
 * Deletes a message: it stays in the log and says nothing any more. Deleting it again changes nothing.
 *
 * @throws NOT_FOUND, FORBIDDEN for those who neither sent it nor moderate there
 */
export async function remove(ctx: Context, input: { messageId: number }): Promise<Message> {
  return change(ctx, input.messageId, async (tx, message) => {
    if (message.type === MessageType.SYSTEM) throw forbidden("The server's own messages stay.", "messageId");
    const isOwn = message.senderId === tx.me.userId;
    const who = await standing(tx, message.conversationId, "messageId");
    if (!isOwn && !may(who, "deleteMessages")) {
      throw forbidden("Only its sender or a moderator may delete a message.", "messageId");
    }
    if (message.isDeleted) return null;
    if (!isOwn) await recordServerAct(tx, who, "deleteMessage", message.senderId, { messageId: message.nodeId });
    return takenAway(tx, message, "deleted_at");
  });
}

/**
 * Takes one's own message back, soon after it was sent by the database's clock: it stays in the log and says nothing
 * any more. Recalling it again changes nothing.
 *
 * @throws NOT_FOUND, FORBIDDEN for others' messages, what was deleted and where nobody may, EXPIRED once it is too late
 */
export async function recall(ctx: Context, input: { messageId: number }): Promise<Message> {
  const window = ctx.services.recallWindowSeconds;
  return change(ctx, input.messageId, async (tx, message) => {
    if (message.senderId !== tx.me.userId) throw forbidden("Only its sender may recall a message.", "messageId");
    if (message.isDeleted) throw forbidden("The message was deleted.", "messageId");
    if (message.isRecalled) return null;
    if (window === 0) throw forbidden("Messages cannot be recalled here.", "messageId");
    const [{ late } = { late: true }] = await tx.sql<{ late: boolean }>(
      "select created_at + make_interval(secs => $2) < clock_timestamp() as late from messages where id = $1",
      [message.id, window],
    );
    if (late) {
      const detail = { field: "messageId", limit: window };
      throw new Failure("EXPIRED", `A message can be recalled for ${window} seconds.`, detail);
    }
    return takenAway(tx, message, "recalled_at");
  });
}

/**
 * Deletes a message that was reported, in whichever conversation it stands: an administrator decides on what they were
 * shown of it, and need not see the rest.
 *
 * @throws FORBIDDEN for everybody but administrators
 */
export async function takeDown(tx: Context, messageId: number): Promise<void> {
  demandAdministrator(tx);
  const [found] = await byId(tx, [messageId]);
  if (found == null) return;
  await lockConversation(tx, found.conversationId);
  const [message] = await byId(tx, [messageId]);
  if (message == null || message.isDeleted) return;
  await writeChange(tx, message, await takenAway(tx, message, "deleted_at"));
}

/** Nothing that hangs on the message outlives it: its past, reactions and pin. */
async function takenAway(tx: Context, { id }: Message, when: "deleted_at" | "recalled_at"): Promise<RowChange> {
  await forgetPast(tx, id);
  await forgetReactions(tx, id);
  return { set: `, ${when} = clock_timestamp(), pinned_at = null, pinned_by_id = null`, parameters: [] };
}

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import type { AuditDetails } from "../users/audit-entry.ts";
import { record } from "../users/audit-log.ts";
import type { Standing } from "./permissions.ts";

/**
 * Writes into the audit log what is done in a room by an administrator of the server, to whom every room is open. What
 * its own owners and moderators do is the room's business, and is not recorded.
 *
 * @param action the mutation's name
 * @param userId to whom it was done; null where it was done to the room
 */
export async function recordServerAct(
  tx: Context,
  { rank, conversation }: Standing,
  action: string,
  userId: number | null,
  details: AuditDetails = {},
): Promise<void> {
  if (rank !== "SERVER" || userId === tx.me.userId) return;
  const target = userId === null ? conversation.nodeId : globalId("user", userId);
  await record(tx, action, target, { conversationId: conversation.nodeId, ...details });
}

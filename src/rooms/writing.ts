import { mayReach, unreachable } from "../friends/reach.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden } from "../kernel/errors.ts";

/**
 * Demands the right to write of whoever edits, reacts or gives themselves a nickname: each says as much to the others as
 * a new message. Writers are members who are not muted, and whom the other of a direct conversation lets write.
 *
 * @param field the argument that a refusal names
 * @throws FORBIDDEN
 */
export async function demandWriter(tx: Context, conversationId: number, field: string): Promise<void> {
  const { userId } = tx.me;
  const [member] = await tx.sql<{ is_muted: boolean; peer: string | null }>(
    `select m.is_muted, o.user_id as peer from members m join conversations c on c.id = m.conversation_id
     left join members o on c.kind = 'DIRECT' and o.conversation_id = c.id and o.user_id <> m.user_id
     where m.conversation_id = $1 and m.user_id = $2 and m.left_at is null`,
    [conversationId, userId],
  );
  if (member === undefined) throw forbidden("Join the room first.", field);
  if (member.is_muted) throw forbidden("You are muted in this conversation.", field);
  if (member.peer !== null && !(await mayReach(tx, userId, Number(member.peer)))) throw unreachable(field);
}

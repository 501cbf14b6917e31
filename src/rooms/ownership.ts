import type { Conversation } from "../conversations/conversation.ts";
import { type Member, MemberRole } from "../conversations/member.ts";
import type { Context } from "../kernel/context.ts";
import { conflict } from "../kernel/errors.ts";

/**
 * Keeps a conversation from losing its last owner: to be asked before an owner goes or gives up the role, under the
 * conversation's lock, so that of two owners who go at once one is the last.
 *
 * @param field the argument that a refusal names
 * @throws CONFLICT where the member is the only owner
 */
export async function demandAnotherOwner(
  tx: Context,
  { id }: Conversation,
  member: Member,
  field: string,
): Promise<void> {
  if (member.role !== MemberRole.OWNER) return;
  const owners = await tx.sql(
    "select 1 from members where conversation_id = $1 and left_at is null and role = 'OWNER' and user_id <> $2 limit 1",
    [id, member.userId],
  );
  if (owners.length === 0) throw conflict(field, "The last owner hands over first: make another member OWNER.");
}

import { CONVERSATION_COLUMNS, conversationFrom } from "../conversations/conversation-row.ts";
import { type Conversation, Room, RoomVisibility } from "../conversations/conversation.ts";
import { lockConversation } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { badInput, forbidden, notFound } from "../kernel/errors.ts";
import { changing, fresh } from "./change.ts";
import { isOpen, letIn, refuseBanned } from "./entrance.ts";
import { letGo } from "./exit.ts";
import { demandAnotherOwner } from "./ownership.ts";
import { standing } from "./permissions.ts";
import { isGlobal } from "./settings.ts";

/**
 * Goes into a room that the viewer sees: a PUBLIC one, or as an administrator of the server any. Who is in it already
 * stays as they are.
 *
 * @param field the argument that a refusal names
 * @throws NOT_FOUND where it does not exist for the viewer, FORBIDDEN for who is banned, CONFLICT where it is full
 */
export async function join(ctx: Context, roomId: number, field = "roomId"): Promise<Room> {
  const room = await ctx.transaction(async (tx) => {
    await lockConversation(tx, roomId);
    await refuseBanned(tx, roomId, field);
    const { conversation } = await standing(tx, roomId, field);
    if (!(conversation instanceof Room)) throw badInput(field, "Only a room can be joined.");
    await letIn(tx, conversation, [tx.me.userId], "joined", field);
    return conversation;
  });
  return fresh(ctx, room, field);
}

/**
 * Sees to it that the viewer is a member: whoever is one stays as they are, and into a PUBLIC room they go. Clients that
 * never ask to join call it before they listen (docs/older-apis.md, Messages). Of members, who are nearly all that call it,
 * it takes one statement.
 *
 * @returns the conversation, of any kind
 * @throws FORBIDDEN for who is banned from a PUBLIC room, CONFLICT where it is full, NOT_FOUND for everything else that
 *   the viewer is not in, a PRIVATE room for an administrator too: nobody slips into one by looking
 */
export async function joinIfOpen(ctx: Context, conversationId: number): Promise<Conversation> {
  const [row] = await ctx.sql<Row & { inside: boolean }>(
    `select ${CONVERSATION_COLUMNS}, v.id is not null and v.left_at is null as inside from conversations c
     left join members v on v.conversation_id = c.id and v.user_id = $2 where c.id = $1`,
    [conversationId, ctx.me.userId],
  );
  const conversation = row === undefined ? null : conversationFrom(row);
  if (conversation !== null && row?.inside === true) return conversation;
  if (!(conversation instanceof Room) || conversation.visibility !== RoomVisibility.PUBLIC)
    throw notFound("conversationId", "conversation");
  return join(ctx, conversationId, "conversationId");
}

/**
 * Goes out of a room or group. Who is not in it changes nothing.
 *
 * @throws NOT_FOUND, FORBIDDEN for direct conversations and the room that everyone is in, CONFLICT for the last owner
 *   of a conversation with others in it
 */
export async function leave(ctx: Context, conversationId: number): Promise<void> {
  await changing(ctx, conversationId, "conversationId", async (tx, { conversation, member }) => {
    demandExit(conversation);
    if (member === null) return;
    if (conversation.memberCount > 1) await demandAnotherOwner(tx, conversation, member, "conversationId");
    await letGo(tx, conversation, member, "left");
  });
}

/**
 * @throws FORBIDDEN where nobody goes out: a direct conversation, and with the reason GLOBAL_ROOM the room that everyone
 *   is in
 */
export function demandExit(conversation: Conversation): void {
  if (!isOpen(conversation)) throw forbidden("Nobody leaves a direct conversation.", "conversationId");
  if (isGlobal(conversation)) throw forbidden("Everybody is in this room.", "conversationId", "GLOBAL_ROOM");
}

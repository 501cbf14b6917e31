import { type Group, ConversationKind, type Room } from "../../conversations/conversation.ts";
import { factsOf } from "../../conversations/facts.ts";
import { byIds, visible } from "../../conversations/reach.ts";
import type { Context } from "../../kernel/context.ts";
import { type Failure, notFound } from "../../kernel/errors.ts";
import { visible as visibleMessage } from "../../messages/reach.ts";
import type { Message } from "../../messages/message.ts";
import { roomOrNull } from "./shown.ts";

/**
 * What is said not to exist: the word of the services, which refuse what the viewer does not see. With one of its own a
 * refusal would tell a number that nothing has from a private room of others.
 */
const NOTHING = "conversation";

/** There is no such room, or not for the viewer. */
export const noRoom = (): Failure => notFound("roomId", NOTHING);

/** A room or group that the viewer sees. @throws NOT_FOUND, for a conversation between two people too */
export async function seenRoom(ctx: Context, roomId: number): Promise<Room | Group> {
  const room = roomOrNull(await visible(ctx, roomId, "roomId"));
  if (room === null) throw noRoom();
  return room;
}

/** A room or group in which the viewer did something just now. @throws NOT_FOUND where it was deleted since */
export async function roomActedIn(ctx: Context, roomId: number): Promise<Room | Group> {
  const conversation = await ctx.load(byIds, roomId);
  const room = conversation === null ? null : roomOrNull(conversation);
  if (room === null) throw noRoom();
  return room;
}

/**
 * Demands that it is a room or group, whether the viewer sees it or not: what is done there asks for that itself.
 *
 * @param field the argument that named it
 * @throws NOT_FOUND
 */
export async function demandRoom(
  ctx: Context,
  roomId: number,
  field = "roomId",
  what = NOTHING,
): Promise<ConversationKind> {
  const kind = (await ctx.load(factsOf, roomId))?.kind ?? ConversationKind.DIRECT;
  if (kind === ConversationKind.DIRECT) throw notFound(field, what);
  return kind;
}

/** A message that the viewer sees, in a room or group. @throws NOT_FOUND */
export async function seenMessage(ctx: Context, messageId: number): Promise<Message> {
  const message = await visibleMessage(ctx, messageId, "messageId");
  await demandRoom(ctx, message.conversationId, "messageId", "message");
  return message;
}

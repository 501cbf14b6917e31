import { ConversationKind } from "../../conversations/conversation.ts";
import { factsOf } from "../../conversations/facts.ts";
import type { Context } from "../../kernel/context.ts";
import { globalRoomId } from "../../rooms/global-room.ts";
import { GLOBAL_ROOM, numberOfMessage, numberOfRoom } from "./ids.ts";

/**
 * The number that no row has. It stands for what is no id, and for what has no place in this protocol, so that the services
 * refuse both at the point and in the words in which they refuse what does not exist: nothing is told by a difference.
 */
const NONE = 0;

/**
 * The number of the room that a client names; the one that everybody is in, where it names none. Groups and direct
 * conversations do not exist here (docs/older-apis.md). Whether the viewer sees the room is for
 * the services to ask.
 */
export async function roomNumber(ctx: Context, roomId: string | undefined): Promise<number> {
  const globalId = await globalRoomId(ctx);
  if (roomId === undefined || roomId === GLOBAL_ROOM) return globalId;
  const id = numberOfRoom(roomId);
  // The room that everybody is in has one id, and it is not this one.
  const facts = id === null || id === globalId ? null : await ctx.load(factsOf, id);
  return facts?.kind === ConversationKind.ROOM ? facts.id : NONE;
}

/** The number of the message that a client names. */
export const messageNumber = (messageId: string): number => numberOfMessage(messageId) ?? NONE;

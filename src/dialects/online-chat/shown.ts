import type { Static } from "typebox";

import type { Room } from "../../conversations/conversation.ts";
import { memberIds } from "../../conversations/member-ids.ts";
import { byIds as filesByIds } from "../../files/reach.ts";
import type { Context } from "../../kernel/context.ts";
import { lastSpoken } from "../../messages/last-spoken.ts";
import type { Message } from "../../messages/message.ts";
import { globalRoomId } from "../../rooms/global-room.ts";
import { byIdsOrNull as usersByIds } from "../../users/user.service.ts";
import { type ChatMessage, type ChatRoom, chatMessage, chatRoom } from "./shapes.ts";

/** A message with what it shows beside itself; of those that are shown at once all senders and files are loaded at once. */
export async function shownMessage(ctx: Context, message: Message): Promise<Static<typeof ChatMessage>> {
  const { senderId, fileId } = message;
  const [sender, file] = await Promise.all([
    senderId === null ? null : ctx.load(usersByIds, senderId),
    fileId === null ? null : ctx.load(filesByIds, fileId),
  ]);
  return chatMessage(message, { sender, file }, ctx.services.wallClock);
}

/** A room with its members and the last that was said in it; of all that are shown at once these are loaded at once. */
export async function shownRoom(ctx: Context, room: Room): Promise<Static<typeof ChatRoom>> {
  const [globalId, members, last] = await Promise.all([
    globalRoomId(ctx),
    ctx.load(memberIds, room.id),
    ctx.load(lastSpoken, room),
  ]);
  const shown = last === null ? null : await shownMessage(ctx, last);
  return chatRoom(room, globalId, members, shown, ctx.services.wallClock);
}

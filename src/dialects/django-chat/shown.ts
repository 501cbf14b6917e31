import type { Static } from "typebox";

import { type Conversation, DirectConversation, type Group, type Room } from "../../conversations/conversation.ts";
import { memberIds } from "../../conversations/member-ids.ts";
import { legacyUrlOf } from "../../files/addresses.ts";
import { byIds as filesByIds } from "../../files/reach.ts";
import type { Context } from "../../kernel/context.ts";
import type { Message } from "../../messages/message.ts";
import { newest } from "../../messages/read.ts";
import type { Notification } from "../../notifications/notification.ts";
import * as wording from "../../notifications/wording.ts";
import { byIdsOrNull } from "../../users/user.service.ts";
import type { User } from "../../users/user.ts";
import { type ChatMessage, chatMessageOf, type Told } from "./shapes/message.ts";
import { type ChatNotification, notificationOf } from "./shapes/notification.ts";
import { type ChatRoom, type ChatRoomDetails, detailsOf, roomNamedOf, roomOf, type RoomTold } from "./shapes/room.ts";

// What is shown is loaded here, by loaders that gather: a page of anything costs as many statements as one of it.

export const personById = async (ctx: Context, id: number | null): Promise<User | null> =>
  id === null ? null : ctx.load(byIdsOrNull, id);

/** People by their ids; whoever is no more is left out. */
export async function peopleById(ctx: Context, ids: readonly number[]): Promise<User[]> {
  const people = await Promise.all(ids.map((id) => personById(ctx, id)));
  return people.filter((user) => user !== null);
}

export async function shownRoom(ctx: Context, room: Room | Group): Promise<Static<typeof ChatRoom>> {
  return roomOf(await told(ctx, room));
}

export async function shownDetails(ctx: Context, room: Room | Group): Promise<Static<typeof ChatRoomDetails>> {
  const [whole, ids] = await Promise.all([told(ctx, room), ctx.load(memberIds, room.id)]);
  return detailsOf(whole, await peopleById(ctx, ids));
}

export async function shownMessage(
  ctx: Context,
  message: Message,
  room: Room | Group,
): Promise<Static<typeof ChatMessage>> {
  return chatMessageOf(await withWhatItNames(ctx, message), roomNamedOf(room));
}

/** A message with its sender and the file that it carries. */
export async function withWhatItNames(ctx: Context, message: Message): Promise<Told> {
  const [sender, file] = await Promise.all([
    personById(ctx, message.senderId),
    message.fileId === null ? null : ctx.load(filesByIds, message.fileId),
  ]);
  const fileUrl = file === null ? null : `${ctx.services.files.publicUrl}${legacyUrlOf(file)}`;
  return { message, sender, file, fileUrl };
}

export async function shownNotifications(
  ctx: Context,
  notifications: readonly Notification[],
): Promise<Static<typeof ChatNotification>[]> {
  const whole = await Promise.all(notifications.map((notification) => withWhatItIsAbout(ctx, notification)));
  // Only when all of them are there, so that their rooms are loaded together.
  return Promise.all(
    whole.map(async ({ place, ...about }) =>
      notificationOf({ ...about, room: place === null ? null : await shownRoom(ctx, place) }),
    ),
  );
}

async function withWhatItIsAbout(ctx: Context, notification: Notification) {
  const [actor, title, content, conversation, message] = await Promise.all([
    wording.actorOf(ctx, notification),
    wording.titleOf(ctx, notification),
    wording.contentOf(ctx, notification),
    wording.conversationOf(ctx, notification),
    wording.messageOf(ctx, notification),
  ]);
  const place = conversation === null ? null : roomOrNull(conversation);
  return { notification, actor, title, content, place, message };
}

/** What this protocol sees of a conversation: nothing of one between two people. */
export const roomOrNull = (conversation: Conversation): Room | Group | null =>
  conversation instanceof DirectConversation ? null : (conversation as Room | Group);

async function told(ctx: Context, room: Room | Group): Promise<RoomTold> {
  const [maker, message] = await Promise.all([personById(ctx, room.createdById), ctx.load(newest, room)]);
  const last = message === null ? null : { message, sender: await personById(ctx, message.senderId) };
  return { room, maker, last };
}

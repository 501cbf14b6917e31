import { type Conversation, Group, Room } from "../conversations/conversation.ts";
import { reachable } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { visibleOrNull } from "../messages/reach.ts";
import type { Message, MessageType } from "../messages/message.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import type { User } from "../users/user.ts";
import { type Notification, NotificationType } from "./notification.ts";

/** Characters of a message that a notification shows, at the most. */
export const EXCERPT_MAXIMUM = 200;

const SOMEBODY = "Somebody";

type Words = (who: string, place: string | null) => string;

/** The title of what brings none, made of who did it and the name of the room or group. */
const TITLES: Record<NotificationType, Words> = {
  MESSAGE: (who, place) => (place === null ? who : `${who} in ${place}`),
  MENTION: (who, place) => (place === null ? `${who} mentioned you` : `${who} mentioned you in ${place}`),
  ROOM_INVITE: (who, place) => `${who} added you to ${place ?? "a conversation"}`,
  FRIEND_REQUEST: (who) => `${who} wants to be friends`,
  CALL: (who) => who,
  BROADCAST: (who) => who,
  SYSTEM: (who) => who,
};

/** What stands for a message without words. */
const WORDLESS: Record<MessageType, string> = {
  TEXT: "",
  IMAGE: "Picture",
  FILE: "File",
  AUDIO: "Audio",
  VIDEO: "Video",
  LOCATION: "Location",
  SYSTEM: "",
};

/** Who did it; null where nobody did, or whoever it was is no more. */
export const actorOf = async (ctx: Context, { actorId }: Notification): Promise<User | null> =>
  actorId === null ? null : ctx.load(byIdsOrNull, actorId);

/** Where it was, as the viewer reaches it by now. */
export const conversationOf = async (ctx: Context, { conversationId }: Notification): Promise<Conversation | null> =>
  conversationId === null ? null : ctx.load(reachable, conversationId);

/** The last message it is about, as the viewer sees it by now. */
export const messageOf = async (ctx: Context, { messageId }: Notification): Promise<Message | null> =>
  messageId === null ? null : visibleOrNull(ctx, messageId);

/** The title as the viewer is to read it: the names are today's. */
export async function titleOf(ctx: Context, notification: Notification): Promise<string> {
  if (notification.title !== null) return notification.title;
  const [actor, conversation] = await Promise.all([actorOf(ctx, notification), conversationOf(ctx, notification)]);
  return TITLES[notification.type](actor?.displayName ?? SOMEBODY, placeOf(conversation));
}

/** What is said of a call that rings, as the viewer is to read it. @param callerId null where the account is no more */
export async function ringingTitle(ctx: Context, callerId: number | null, conversationId: number): Promise<string> {
  const [caller, conversation] = await Promise.all([
    callerId === null ? null : ctx.load(byIdsOrNull, callerId),
    ctx.load(reachable, conversationId),
  ]);
  const place = placeOf(conversation);
  const who = caller?.displayName ?? SOMEBODY;
  return place === null ? `${who} is calling` : `${who} is calling in ${place}`;
}

/** The name of a room or group; null for what is between two people. */
const placeOf = (conversation: Conversation | null): string | null =>
  conversation instanceof Room || conversation instanceof Group ? conversation.name : null;

/** The text as the viewer is to read it: that of a message is what the message says by now, and nothing where it is gone. */
export async function contentOf(ctx: Context, notification: Notification): Promise<string> {
  if (notification.content !== null) return notification.content;
  if (notification.type === NotificationType.CALL) return "Missed call";
  const message = await messageOf(ctx, notification);
  if (message === null || message.isDeleted || message.isRecalled) return "";
  if (message.isEncrypted) return "Encrypted message";
  return message.content === "" ? WORDLESS[message.type] : excerpt(message.content);
}

/** The beginning of a text: at most {@link EXCERPT_MAXIMUM} characters, the last of them an ellipsis where it goes on. */
export function excerpt(text: string): string {
  // A character is one or two UTF-16 units: what lies further on need not be looked at.
  const characters = Array.from(text.slice(0, 2 * EXCERPT_MAXIMUM + 2));
  return characters.length <= EXCERPT_MAXIMUM ? text : `${characters.slice(0, EXCERPT_MAXIMUM - 1).join("")}…`;
}

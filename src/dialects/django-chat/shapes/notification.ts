import { type Static, Type } from "typebox";

import type { Message } from "../../../messages/message.ts";
import { type Notification, NotificationType } from "../../../notifications/notification.ts";
import type { User } from "../../../users/user.ts";
import { Id, nullable, oneOf, UtcTime } from "../../frame/schemas.ts";
import { utc } from "../../frame/times.ts";
import { Content, MessageKind, typeOf, wordsOf } from "./message.ts";
import { namedOf } from "./person.ts";
import { ChatRoom } from "./room.ts";

/** 001…, ChatNotification. */
const NOTIFICATION_TYPES = ["message", "mention", "room_invite", "system"] as const;

/** What this protocol has no word for reads as said by the system. */
const TYPES: Record<NotificationType, (typeof NOTIFICATION_TYPES)[number]> = {
  MESSAGE: "message",
  MENTION: "mention",
  ROOM_INVITE: "room_invite",
  FRIEND_REQUEST: "system",
  CALL: "system",
  BROADCAST: "system",
  SYSTEM: "system",
};

/** The titles that this protocol knows, of which 001…, 3.1 shows the first. */
const TITLES: Partial<Record<NotificationType, (who: string, place: string) => string>> = {
  [NotificationType.MESSAGE]: (who) => `新消息来自 ${who}`,
  [NotificationType.MENTION]: (who) => `${who} 提到了你`,
  [NotificationType.ROOM_INVITE]: (who, place) => `${who} 邀请你加入 ${place}`,
};

const About = Type.Object(
  {
    id: Id("消息ID / Its id."),
    content: Content,
    message_type: MessageKind,
    created_at: UtcTime("创建时间 / When it was written."),
  },
  { description: "相关消息 / The message that it is about, of several the last; null where there is none." },
);

/** Something that the caller is to know. */
export const ChatNotification = Type.Object(
  {
    id: Id("通知ID / The notification's id."),
    notification_type: oneOf(NOTIFICATION_TYPES, { description: "通知类型 / Of what." }),
    title: Type.String({ description: "通知标题 / In a line.", examples: ["新消息来自 developer"] }),
    content: Type.String({ description: "通知内容 / The text.", examples: ["大家好！"] }),
    room: nullable({
      ...ChatRoom,
      description: "相关房间；私聊则为 null / Where it was; null between two people, and where it was nowhere.",
    }),
    message: nullable(About),
    is_read: Type.Boolean({ description: "是否已读 / Whether it was read." }),
    created_at: UtcTime("创建时间 / When it was made."),
  },
  { description: "通知 / Something that the caller is to know." },
);

/** A notification with what it names. */
export interface NotificationTold {
  readonly notification: Notification;
  readonly actor: User | null;
  /** In the words of the server, which are English. */
  readonly title: string;
  readonly content: string;
  readonly room: Static<typeof ChatRoom> | null;
  readonly message: Message | null;
}

export function notificationOf(told: NotificationTold): Static<typeof ChatNotification> {
  const { notification, content, room, message } = told;
  return {
    id: notification.id,
    notification_type: TYPES[notification.type],
    title: titleOf(told),
    content,
    room,
    message: message === null ? null : aboutOf(message),
    is_read: notification.isRead,
    created_at: utc(notification.createdAt),
  };
}

/** What brings its own title keeps it. */
function titleOf({ notification, actor, room, title }: NotificationTold): string {
  if (notification.title !== null) return title;
  const who = actor === null ? "有人" : namedOf(actor).username;
  return TITLES[notification.type]?.(who, room?.name ?? "房间") ?? title;
}

function aboutOf(message: Message): Static<typeof About> {
  return {
    id: message.id,
    content: wordsOf(message),
    message_type: typeOf(message),
    created_at: utc(message.createdAt),
  };
}

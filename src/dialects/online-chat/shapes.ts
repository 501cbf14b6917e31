import { type Static, Type } from "typebox";

import type { Room } from "../../conversations/conversation.ts";
import { legacyUrlOf } from "../../files/addresses.ts";
import type { File } from "../../files/file.ts";
import { type Message, MessageType } from "../../messages/message.ts";
import type { OnlinePerson } from "../../presence/online-people.ts";
import type { User } from "../../users/user.ts";
import { placeInWords } from "../frame/places.ts";
import { Id, IdOrSystem, nullable, oneOf } from "../frame/schemas.ts";
import type { WriteTime } from "../frame/times.ts";
import { GLOBAL_ROOM, messageIdOf, roomIdOf } from "./ids.ts";

/** What clients may say of a message's type. */
export const MESSAGE_TYPES = ["text", "file", "image", "system"] as const;
type Word = (typeof MESSAGE_TYPES)[number];

/** What each type is called here (docs/older-apis.md, Messages). */
const WORDS: Record<MessageType, Word> = {
  [MessageType.TEXT]: "text",
  [MessageType.LOCATION]: "text",
  [MessageType.IMAGE]: "image",
  [MessageType.FILE]: "file",
  [MessageType.AUDIO]: "file",
  [MessageType.VIDEO]: "file",
  [MessageType.SYSTEM]: "system",
};

/** What clients mean by the word for a type. */
export const TYPES: Record<Word, MessageType> = {
  text: MessageType.TEXT,
  file: MessageType.FILE,
  image: MessageType.IMAGE,
  system: MessageType.SYSTEM,
};

/** The server itself, where this protocol wants a sender. */
const SERVER = { id: 0, username: "系统" };

const Text = (description: string, options: object = {}) => Type.String({ description, ...options });
const Time = (description: string) => Text(description, { examples: ["2024-01-15T10:30:00"] });
const MessageId = (description: string) =>
  Text(description, { format: "uuid", examples: ["7061726c-616e-8000-8000-00000000002a"] });
const RoomId = (description: string) => Text(description, { examples: [GLOBAL_ROOM, "room_a1b2c3d4"] });

/** 000…, 数据模型, ChatMessage. */
export const ChatMessage = Type.Object({
  id: MessageId("消息唯一ID / Which message it is."),
  sender_id: IdOrSystem("发送者用户ID / Who sent it; 0 is the server itself."),
  sender_name: Text("发送者用户名 / The sender's user name; 系统 is the server itself."),
  message_type: oneOf(MESSAGE_TYPES, { description: "消息类型 / What it carries." }),
  content: Text("消息内容 / What it says."),
  file_url: nullable(Text("文件URL / Where its file is downloaded: a path of this server, or an address elsewhere.")),
  file_name: nullable(Text("文件名 / What its file is called.")),
  file_size: nullable(Type.Integer({ description: "文件大小（字节） / Bytes of its file." })),
  timestamp: Time("发送时间 / When it was sent."),
  reply_to: nullable(MessageId("回复的消息ID / The message that it answers.")),
});

/** 000…, 数据模型, ChatRoom. */
export const ChatRoom = Type.Object({
  id: RoomId("聊天室ID / Which room it is; `global` is the one that everybody is in."),
  name: Text("聊天室名称 / What it is called."),
  description: Text("聊天室描述 / What it is for; empty where nobody said."),
  members: Type.Array(Type.Integer(), {
    description: "成员用户ID列表（最多1000个） / Who is in it, 1,000 at the most.",
  }),
  created_at: Time("创建时间 / When it was made."),
  last_message: nullable(
    Type.Object(ChatMessage.properties, { description: "最后一条消息 / The last that was said and is still there." }),
  ),
});

/** 000…, 数据模型, OnlineUser. */
export const OnlineUser = Type.Object({
  user_id: Id("用户ID / Who it is."),
  username: Text("用户名 / The user name."),
  ip: Text("IP地址（仅本人及管理员可见） / The address logged in from; empty for all but oneself and administrators."),
  user_agent: Text("用户代理字符串（仅本人及管理员可见） / The program logged in with; empty as `ip` is."),
  login_time: Time("登录时间 / When they logged in."),
  last_activity: Time("最后活动时间 / When they last did something."),
});

/** 000…, 数据模型, ChatStats. */
export const ChatStats = Type.Object({
  online_users_count: Type.Integer({ description: "在线用户数 / People who are here." }),
  total_messages_today: Type.Integer({ description: "今日消息总数 / Messages since the day began (UTC)." }),
  active_rooms: Type.Integer({ description: "活跃聊天室数 / Public rooms with something new within 24 hours." }),
});

/** An answer that only says that it is done. */
export const Done = Type.Object({ message: Text("结果 / That it is done.") });
/** The answer to a new room. */
export const Created = Type.Object({
  room_id: RoomId("聊天室ID / The new room."),
  message: Text("结果 / That it is done."),
});
export const UserIp = Type.Object({
  user_id: Id("用户ID / Whose it is."),
  ip: Text("IP地址 / The address logged in from."),
});
export const Beat = Type.Object({ status: Text("状态 / ok"), timestamp: Time("服务器时间 / The time here.") });

/** What a message shows beside itself. */
export interface Beside {
  /** Null for the server's own messages. */
  readonly sender: User | null;
  readonly file: File | null;
}

export function chatMessage(message: Message, { sender, file }: Beside, time: WriteTime): Static<typeof ChatMessage> {
  const { id, username } = sender ?? SERVER;
  return {
    id: messageIdOf(message.id),
    sender_id: id,
    sender_name: username,
    message_type: WORDS[message.type],
    content: message.location === null ? message.content : placeInWords(message.location),
    ...fileOf(message, file),
    timestamp: time(message.createdAt),
    reply_to: message.replyToId === null ? null : messageIdOf(message.replyToId),
  };
}

type FileFields = Pick<Static<typeof ChatMessage>, "file_url" | "file_name" | "file_size">;

function fileOf({ externalFile }: Message, file: File | null): FileFields {
  if (file !== null) return { file_url: legacyUrlOf(file), file_name: file.name, file_size: file.size };
  return {
    file_url: externalFile?.url ?? null,
    file_name: externalFile?.name ?? null,
    file_size: externalFile?.size ?? null,
  };
}

export const chatRoom = (
  room: Room,
  globalId: number,
  members: number[],
  last: Static<typeof ChatMessage> | null,
  time: WriteTime,
): Static<typeof ChatRoom> => ({
  id: room.id === globalId ? GLOBAL_ROOM : roomIdOf(room.id),
  name: room.name,
  description: room.description ?? "",
  members,
  created_at: time(room.createdAt),
  last_message: last,
});

export const onlineUser = (person: OnlinePerson, time: WriteTime): Static<typeof OnlineUser> => ({
  user_id: person.user.id,
  username: person.user.username,
  ip: person.ip,
  user_agent: person.userAgent,
  login_time: time(person.loggedInAt),
  last_activity: time(person.lastActiveAt),
});

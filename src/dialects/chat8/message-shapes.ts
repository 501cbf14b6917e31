import { type Static, Type } from "typebox";

import type { Member } from "../../conversations/member.ts";
import { type Message, MessageType } from "../../messages/message.ts";
import { SYSTEM_USERNAME } from "../../users/username.ts";
import { placeInWords } from "../frame/places.ts";
import { Id, IdOrSystem, nullable, oneOf, UtcTime } from "../frame/schemas.ts";
import { utc } from "../frame/times.ts";

/** What a message can be here (002…, 发送消息). */
export const MESSAGE_TYPES = ["text", "image", "file", "audio", "video"] as const;
type WireType = (typeof MESSAGE_TYPES)[number];

/** A place, and what the server itself says, read as text (docs/older-apis.md, Messages). */
const WIRE_TYPES: Record<MessageType, WireType> = {
  TEXT: "text",
  IMAGE: "image",
  FILE: "file",
  AUDIO: "audio",
  VIDEO: "video",
  LOCATION: "text",
  SYSTEM: "text",
};

/** What clients mean by the word for a type. */
export const TYPES: Record<WireType, MessageType> = {
  text: MessageType.TEXT,
  image: MessageType.IMAGE,
  file: MessageType.FILE,
  audio: MessageType.AUDIO,
  video: MessageType.VIDEO,
};

const said = {
  id: Id("消息编号 / The message's number."),
  sender_id: IdOrSystem("发送者编号；0 为系统 / Who sent it; 0 is the server itself."),
  receiver_id: IdOrSystem("接收者编号 / Whom it is for."),
  content: Type.String({
    description: "内容；带文件的消息为文件地址 / What it says; of one with a file, the file's address.",
  }),
  message_type: oneOf(MESSAGE_TYPES, { description: "消息类型 / What it carries." }),
  timestamp: UtcTime("发送时间 / When it was sent."),
  is_encrypted: Type.Boolean({ description: "内容是否已由客户端加密 / Whether its sender encrypted the content." }),
  file_url: nullable(Type.String({ description: "文件地址；没有文件则为空 / Address of its file; null without one." })),
  file_name: nullable(Type.String({ description: "文件名 / The file's name, as far as it is known." })),
  file_size: nullable(Type.Integer({ description: "字节数 / The file's size in bytes, as far as it is known." })),
  caption: nullable(
    Type.String({ description: "随文件所说的话；没有则为空 / What is said with a file; null where nothing is." }),
  ),
};

/** 002…, 发送消息. */
export const Sent = Type.Object(said);
/** A message of a history. */
export const Row = Type.Object({
  ...said,
  is_read: Type.Boolean({ description: "接收者是否已读 / Whether whom it is for has read it." }),
});
/** 002…, 获取聊天记录. */
export const History = Type.Object({
  messages: Type.Array(Row, { description: "最旧的在前 / The oldest first." }),
  pagination: Type.Object({
    page: Type.Integer({ description: "页码；1 为最新 / The page; 1 has the newest messages." }),
    limit: Type.Integer({ description: "每页数量 / Messages a page." }),
    total: Type.Integer({ description: "消息总数 / How many messages there are." }),
    pages: Type.Integer({ description: "总页数 / How many pages there are." }),
  }),
});

export type HistoryPage = Static<typeof History>;

/** A file as it is shown to those who see the message that carries it. */
export interface Carried {
  readonly url: string;
  readonly name: string | null;
  readonly size: number | null;
}

/** What stands for the server where a sender is asked for. */
export const SYSTEM = { id: 0, username: SYSTEM_USERNAME } as const;

/** @param receiverId whom it is for */
export function sent(message: Message, carried: Carried | null, receiverId: number): Static<typeof Sent> {
  const words = message.location === null ? message.content : placeInWords(message.location);
  return {
    id: message.id,
    sender_id: message.senderId ?? SYSTEM.id,
    receiver_id: receiverId,
    content: carried?.url ?? words,
    message_type: WIRE_TYPES[message.type],
    timestamp: utc(message.createdAt),
    is_encrypted: message.isEncrypted,
    file_url: carried?.url ?? null,
    file_name: carried?.name ?? null,
    file_size: carried?.size ?? null,
    caption: carried === null || words === "" ? null : words,
  };
}

/** A message between two as one of them reads it: of what they wrote themselves the other's reading counts. */
export function row(
  message: Message,
  carried: Carried | null,
  viewer: Pick<Member, "userId" | "lastReadSeq">,
  peer: Pick<Member, "userId" | "lastReadSeq">,
): Static<typeof Row> {
  const reader = message.senderId === viewer.userId ? peer : viewer;
  return { ...sent(message, carried, reader.userId), is_read: message.seq <= reader.lastReadSeq };
}

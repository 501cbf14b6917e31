import { type Static, Type } from "typebox";

import type { File } from "../../../files/file.ts";
import type { Message, MessageType } from "../../../messages/message.ts";
import type { User } from "../../../users/user.ts";
import { placeInWords } from "../../frame/places.ts";
import { Id, nullable, oneOf, UtcTime } from "../../frame/schemas.ts";
import { utc } from "../../frame/times.ts";
import { Person, personOf } from "./person.ts";

/** 001…, ChatMessage. */
export const MESSAGE_TYPES = ["text", "image", "file", "system"] as const;

/** What stands for the words of a message that says nothing any more (001…, 注意事项, 8). */
export const GONE = "[消息已删除]";

/** What each type is called here (docs/older-apis.md, Messages). */
const TYPES: Record<MessageType, (typeof MESSAGE_TYPES)[number]> = {
  TEXT: "text",
  IMAGE: "image",
  FILE: "file",
  AUDIO: "file",
  VIDEO: "file",
  LOCATION: "text",
  SYSTEM: "system",
};

export const typeOf = ({ type }: Pick<Message, "type">): (typeof MESSAGE_TYPES)[number] => TYPES[type];

export const MessageKind = oneOf(MESSAGE_TYPES, { description: "消息类型 / What it carries." });
export const Content = Type.String({
  description: `消息内容；已删除的为 ${GONE} / What it says; ${GONE} once it is deleted.`,
  examples: ["大家好！"],
});

/** A room by id and name. */
export const RoomNamed = Type.Object(
  { id: Id("房间ID / The room's id."), name: Type.String({ description: "房间名称 / The room's name." }) },
  { description: "所属房间 / Where it is." },
);

const SAID = {
  sender: Person,
  message_type: MessageKind,
  content: Content,
  file_url: nullable(Type.String({ description: "文件链接 / The address of the file that it carries." })),
  file_name: nullable(Type.String({ description: "文件名 / The file's name." })),
  file_size: nullable(Type.Integer({ description: "文件大小（字节） / The file's size in bytes." })),
  is_edited: Type.Boolean({ description: "是否已编辑 / Whether its sender changed it." }),
  is_deleted: Type.Boolean({ description: "是否已删除 / Whether it was deleted or taken back." }),
  reply_to: nullable(Type.Integer({ description: "回复的消息ID / The id of the message that it answers." })),
  created_at: UtcTime("创建时间 / When it was written."),
};

/** A message of a room's history. */
export const ChatMessage = Type.Object(
  {
    id: Id("消息ID / The message's id."),
    room: RoomNamed,
    ...SAID,
    updated_at: UtcTime("更新时间 / When it last changed."),
  },
  { description: "消息 / A message." },
);

/** A message as a frame tells of it: what both of the document's forms have. */
export type FrameMessage = Static<typeof FrameMessage>;
const FrameMessage = Type.Object({ id: Type.Integer(), ...SAID, timestamp: Type.String() });

/** A message with what it names. */
export interface Told {
  readonly message: Message;
  /** Null for the server's own. */
  readonly sender: User | null;
  /** What it carries, of this server's files. */
  readonly file: File | null;
  /** Where that is downloaded. */
  readonly fileUrl: string | null;
}

export function chatMessageOf(told: Told, room: Static<typeof RoomNamed>): Static<typeof ChatMessage> {
  const { message } = told;
  return { id: message.id, room, ...saidOf(told), updated_at: utc(message.updatedAt) };
}

export function frameMessageOf(told: Told): FrameMessage {
  const said = saidOf(told);
  return { id: told.message.id, ...said, timestamp: said.created_at };
}

function saidOf(told: Told) {
  const { message, sender } = told;
  return {
    sender: personOf(sender),
    message_type: typeOf(message),
    content: wordsOf(message),
    ...fileOf(told),
    is_edited: message.isEdited,
    is_deleted: message.isGone,
    reply_to: message.replyToId,
    created_at: utc(message.createdAt),
  };
}

/** What a message says. Of a place it says where it is: this protocol has no other word for one. */
export function wordsOf({ isGone, location, content }: Message): string {
  if (isGone) return GONE;
  return location === null ? content : placeInWords(location);
}

function fileOf({ message: { isGone, externalFile }, file, fileUrl }: Told) {
  if (isGone) return { file_url: null, file_name: null, file_size: null };
  if (file !== null) return { file_url: fileUrl, file_name: file.name, file_size: file.size };
  const { url = null, name = null, size = null } = externalFile ?? {};
  return { file_url: url, file_name: name, file_size: size };
}

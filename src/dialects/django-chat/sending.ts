import { type Static, Type } from "typebox";

import { FILE_NAME_MAXIMUM } from "../../files/content/file-name.ts";
import type { File } from "../../files/file.ts";
import { fileAt } from "../../files/opening.ts";
import type { Context } from "../../kernel/context.ts";
import { WEB_ADDRESS_MAXIMUM } from "../../kernel/web-address.ts";
import { type Message, MessageType } from "../../messages/message.ts";
import { CONTENT_MAXIMUM } from "../../messages/send-input.ts";
import { sendJoining } from "../../messages/message.service.ts";
import { Id, nullable, oneOf } from "../frame/schemas.ts";
import { demandRoom } from "./rooms.ts";
import { MESSAGE_TYPES } from "./shapes/message.ts";

/** What a client says of a message, by a request or a frame (001…, 2.2 and 发送聊天消息). */
export const NewMessage = Type.Object({
  content: Type.String({
    maxLength: CONTENT_MAXIMUM,
    description:
      "消息内容，1-5000 个字符；带文件时可为空 / What it says: 1-5,000 characters; it may be empty beside a file.",
    examples: ["消息内容"],
  }),
  message_type: Type.Optional(
    nullable(
      oneOf(MESSAGE_TYPES, {
        description:
          "消息类型，默认 text；system 只由服务器发送 / What it carries; text where nothing is said. Only the server writes system.",
      }),
    ),
  ),
  file_url: Type.Optional(
    nullable(
      Type.String({
        maxLength: WEB_ADDRESS_MAXIMUM,
        description:
          "文件链接：本服务器的文件，或任意 http(s) 地址 / The address of a file: of one of this server's, or any http or https address.",
        examples: ["https://example.com/file.jpg"],
      }),
    ),
  ),
  file_name: Type.Optional(
    nullable(
      Type.String({
        maxLength: FILE_NAME_MAXIMUM,
        description: "文件名 / The file's name. This server's own files keep theirs.",
        examples: ["image.jpg"],
      }),
    ),
  ),
  file_size: Type.Optional(
    nullable(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "文件大小（字节） / The file's size in bytes. This server's own files keep theirs.",
        examples: [1024],
      }),
    ),
  ),
  reply_to: Type.Optional(nullable(Id("回复的消息ID / The id of the message that it answers, of the same room."))),
});

const TYPES: Record<(typeof MESSAGE_TYPES)[number], MessageType> = {
  text: MessageType.TEXT,
  image: MessageType.IMAGE,
  file: MessageType.FILE,
  // The service refuses it: nobody but the server says what happened.
  system: MessageType.SYSTEM,
};

/**
 * Sends a message into a room or group, of which the viewer becomes a member first where it is a public room
 * (docs/older-apis.md, Messages). A text that brings a file is a message of that file.
 *
 * @param onPlaced as of `sendJoining`
 * @throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, CONFLICT where the room is full, RATE_LIMITED
 */
export async function send(
  ctx: Context,
  roomId: number,
  said: Static<typeof NewMessage>,
  onPlaced?: () => void,
): Promise<Message> {
  await demandRoom(ctx, roomId);
  const { content, message_type, file_size = null, reply_to = null } = said;
  const url = given(said.file_url);
  const shownFile = await fileAt(ctx, url);
  const externalFile =
    url !== null && shownFile === null ? { url, name: given(said.file_name), size: file_size } : null;
  const word = message_type ?? "text";
  const message = {
    conversationId: roomId,
    type: word === "text" && url !== null ? typeOfFile(shownFile) : TYPES[word],
    content,
    replyToId: reply_to,
    shownFile,
    externalFile,
  };
  return sendJoining(ctx, message, onPlaced);
}

/** Forms of web pages say nothing by an empty text. */
const given = (text: string | null | undefined): string | null => (text === undefined || text === "" ? null : text);

/** @param file null for one that lies elsewhere, of which nothing is known */
const typeOfFile = (file: File | null): MessageType =>
  file?.mimeType.startsWith("image/") === true ? MessageType.IMAGE : MessageType.FILE;

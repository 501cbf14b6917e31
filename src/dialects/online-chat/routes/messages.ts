import { Type } from "typebox";

import { visible as visibleConversation } from "../../../conversations/reach.ts";
import { IMAGES_AND_DOCUMENTS } from "../../../files/content/media-types.ts";
import { fileAt } from "../../../files/opening.ts";
import type { Narrower } from "../../../files/upload.service.ts";
import { pageBefore } from "../../../messages/history-pages.ts";
import { sendJoining } from "../../../messages/message.service.ts";
import { MessageType } from "../../../messages/message.ts";
import { visibleIn } from "../../../messages/reach.ts";
import { remove } from "../../../messages/removal.service.ts";
import { sendFile } from "../../../messages/send-file.service.ts";
import { CONTENT_MAXIMUM } from "../../../messages/send-input.ts";
import { type Route, route } from "../../frame/route.ts";
import { nullable, oneOf } from "../../frame/schemas.ts";
import { messageNumber, roomNumber } from "../addressed.ts";
import { FILE_BYTES_MAXIMUM } from "../files.ts";
import { GLOBAL_ROOM } from "../ids.ts";
import { ChatMessage, Done, MESSAGE_TYPES, TYPES } from "../shapes.ts";
import { shownMessage } from "../shown.ts";

/** Messages of a page of history through online-chat, at the most. */
const PAGE_MAXIMUM = 100;
/** The same where nothing is said. */
const PAGE_DEFAULT = 50;

const InRoom = {
  room_id: Type.Optional(
    Type.String({
      default: GLOBAL_ROOM,
      description: "聊天室ID，默认为 global / The room; `global` where none is named.",
    }),
  ),
};
const MessageId = Type.String({ description: "消息ID / Which message." });

/** Sounds and films are no business of this protocol (docs/older-apis.md, Messages). */
const FILES: Narrower = { bytes: FILE_BYTES_MAXIMUM, kinds: IMAGES_AND_DOCUMENTS };

/** 000…, 接口详情, 1-3 and 10. */
export const MESSAGES: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/chat/send",
    id: "onlineChatSend",
    summary: { zh: "发送消息", en: "Sends a message to a room" },
    notes: {
      zh: "首次在公共聊天室发言者自动加入该聊天室。file 与 image 类型的内容若为本服务器的文件地址，消息即附带该文件；system 类型由服务器产生，不能发送。",
      en:
        "Whoever writes into a public room without being in it joins it first. A file or image message whose content is " +
        "the address of a file of this server carries that file. Nobody but the server sends system messages.",
    },
    query: Type.Object(InRoom),
    body: Type.Object({
      message_type: Type.Optional(
        nullable(oneOf(MESSAGE_TYPES, { default: "text", description: "消息类型 / What it carries." })),
      ),
      content: Type.String({
        minLength: 1,
        maxLength: CONTENT_MAXIMUM,
        description: "消息内容，1-5000字符 / What it says, 1-5,000 characters.",
        examples: ["你好，世界！"],
      }),
      reply_to: Type.Optional(
        nullable(
          Type.String({ description: "回复的消息ID，属于同一聊天室 / The message of the same room that it answers." }),
        ),
      ),
    }),
    answer: ChatMessage,
    async handle(ctx, { query: { room_id }, body: { message_type, content, reply_to } }) {
      const type = TYPES[message_type ?? "text"];
      const message = await sendJoining(ctx, {
        conversationId: await roomNumber(ctx, room_id),
        type,
        content,
        replyToId: reply_to == null ? null : messageNumber(reply_to),
        shownFile: type === MessageType.FILE || type === MessageType.IMAGE ? await fileAt(ctx, content) : null,
      });
      return shownMessage(ctx, message);
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/upload",
    id: "onlineChatUpload",
    summary: { zh: "上传文件并发送到聊天室", en: "Uploads a file and sends it to a room" },
    notes: {
      zh: "最大 10MB；图片 JPEG、PNG、GIF、WebP，文档 PDF、TXT、DOC、DOCX、XLS、XLSX，以内容而非文件名判断。消息被拒绝时文件不保留。",
      en:
        "At most 10 MB (10 × 2^20 bytes) of JPEG, PNG, GIF, WebP, PDF, TXT, DOC, DOCX, XLS or XLSX, judged by its content " +
        "and not by its name. Where the message is refused the file is not kept.",
    },
    takes: "file",
    body: Type.Object(InRoom),
    answer: ChatMessage,
    async handle(ctx, { form }) {
      const message = await sendFile(ctx, FILES, async (take) => {
        const { taken: file, fields } = await form(take);
        return {
          conversationId: await roomNumber(ctx, fields.room_id),
          type: file.mimeType.startsWith("image/") ? MessageType.IMAGE : MessageType.FILE,
          content: `发送了文件: ${file.name}`,
          fileId: file.id,
        };
      });
      return shownMessage(ctx, message);
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/messages",
    id: "onlineChatMessages",
    summary: { zh: "获取聊天室消息历史", en: "Reads a room's history" },
    notes: {
      zh: "返回最新的消息，或 before 之前的消息；旧的在前。已删除及已撤回的消息不返回。limit 超过 100 时按 100 处理。公共聊天室无需加入即可读取。",
      en:
        "The newest messages, or those before `before`; the oldest comes first. What was deleted or recalled is left " +
        "out. A limit over 100 is taken for 100. A public room is read without being in it.",
    },
    query: Type.Object({
      ...InRoom,
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          default: PAGE_DEFAULT,
          description: "获取消息数量，最大100 / Messages, 100 at the most.",
        }),
      ),
      before: Type.Optional(
        Type.String({ description: "获取此消息ID之前的消息 / The message of the room before which to go on." }),
      ),
    }),
    answer: Type.Array(ChatMessage),
    async handle(ctx, { query: { room_id, limit = PAGE_DEFAULT, before } }) {
      const conversationId = await roomNumber(ctx, room_id);
      await visibleConversation(ctx, conversationId, "conversationId");
      const messages = await pageBefore(ctx, {
        conversationId,
        beforeId: before === undefined ? null : messageNumber(before),
        limit: Math.min(limit, PAGE_MAXIMUM),
        withGone: false,
      });
      return Promise.all(messages.map((message) => shownMessage(ctx, message)));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/chat/messages/:message_id",
    id: "onlineChatDeleteMessage",
    summary: { zh: "删除指定消息（软删除）", en: "Deletes a message, which then is shown no more" },
    notes: {
      zh: "发送者本人或聊天室管理员可删除。重复删除视为成功。",
      en: "Its sender may, and whoever moderates the room. Deleting it again changes nothing.",
    },
    params: Type.Object({ message_id: MessageId }),
    query: Type.Object(InRoom),
    answer: Done,
    async handle(ctx, { params: { message_id }, query: { room_id } }) {
      const conversationId = await roomNumber(ctx, room_id);
      await visibleConversation(ctx, conversationId, "conversationId");
      const message = await visibleIn(ctx, messageNumber(message_id), conversationId, "messageId");
      await remove(ctx, { messageId: message.id });
      return { message: "消息删除成功" };
    },
  }),
];

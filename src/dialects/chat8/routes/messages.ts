import { Type } from "typebox";

import { fileAt } from "../../../files/opening.ts";
import { PAGE_MAXIMUM } from "../../../kernel/pages.ts";
import { MessageType } from "../../../messages/message.ts";
import { markReadTo } from "../../../messages/read-mark.service.ts";
import { remove } from "../../../messages/removal.service.ts";
import { sendTo } from "../../../messages/send-to.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id, nullable, oneOf } from "../../frame/schemas.ts";
import { NO_DATA } from "../dialect.ts";
import { History, MESSAGE_TYPES, Sent, sent, TYPES } from "../message-shapes.ts";
import { carriedBy, demandOwnTalk, history } from "../reading.ts";

/** Messages a page where nothing is said (002…, 获取聊天记录). */
const LIMIT_DEFAULT = 50;

const OfMessage = Type.Object({ message_id: Id("消息编号 / The message's number.") });

/** 002…, 消息接口 */
export const MESSAGE_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    // Words in this place are left to another protocol, document 003…, that has the same path.
    path: "/api/v1/messages/:friend_id(^\\d+$)",
    id: "chat8Messages",
    summary: { zh: "获取聊天记录", en: "What the caller and somebody wrote to each other" },
    notes: {
      zh: "第 1 页为最新消息，页内最旧的在前；已删除或撤回的消息不出现。",
      en: "Page 1 has the newest; inside a page the oldest comes first. What was deleted or recalled is left out.",
    },
    params: Type.Object({ friend_id: Id("对方编号 / With whom.") }),
    query: Type.Object({
      page: Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 1,
        description: "页码 / The page; past the end it is empty.",
      }),
      limit: Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        default: LIMIT_DEFAULT,
        description: "每页数量，最多 100 / Messages a page; what is more than 100 is 100.",
      }),
    }),
    answer: History,
    async handle(ctx, { params: { friend_id }, query: { page, limit } }) {
      return history(ctx, friend_id, page, Math.min(limit, PAGE_MAXIMUM));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/messages",
    id: "chat8SendMessage",
    summary: { zh: "发送消息", en: "Sends a message to somebody" },
    notes: {
      zh: "要发送文件，先上传，再以其 file_url 作为 content，message_type 取 image、file、audio 或 video。",
      en:
        "To send a file, upload it, and send its file_url as the content, as image, file, audio or video: the message carries " +
        "the file then.",
    },
    body: Type.Object({
      receiver_id: Id("接收者编号 / For whom it is."),
      content: Type.String({
        description: "内容，1-5000 个字符；加密内容最多 32768 个 / 1-5,000 characters; 32,768 where it is encrypted.",
        examples: ["你好"],
      }),
      message_type: Type.Optional(
        nullable(oneOf(MESSAGE_TYPES, { description: "消息类型，默认 text / What it carries; text by default." })),
      ),
      is_encrypted: Type.Optional(
        nullable(
          Type.Boolean({ description: "内容是否已加密，默认 false / Whether the client encrypted the content." }),
        ),
      ),
    }),
    answer: Sent,
    says: "消息已发送",
    async handle(ctx, { body }) {
      const { receiver_id, content } = body;
      const [type, isEncrypted] = [TYPES[body.message_type ?? "text"], body.is_encrypted ?? false];
      const shownFile = type === MessageType.TEXT || isEncrypted ? null : await fileAt(ctx, content);
      const said = { content: shownFile === null ? content : "", type, isEncrypted, shownFile };
      const message = await sendTo(ctx, receiver_id, said);
      return sent(message, await carriedBy(ctx, message), receiver_id);
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/messages/:message_id/read",
    id: "chat8MarkRead",
    summary: { zh: "标记消息已读", en: "Marks a message as read, and everything before it" },
    params: OfMessage,
    answer: NO_DATA,
    says: "消息已标记为已读",
    async handle(ctx, { params: { message_id } }) {
      await demandOwnTalk(ctx, message_id);
      await markReadTo(ctx, message_id);
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/messages/:message_id",
    id: "chat8DeleteMessage",
    summary: { zh: "删除消息", en: "Deletes a message of the caller's, for both" },
    params: OfMessage,
    answer: NO_DATA,
    says: "消息已删除",
    async handle(ctx, { params: { message_id } }) {
      await demandOwnTalk(ctx, message_id);
      await remove(ctx, { messageId: message_id });
    },
  }),
];

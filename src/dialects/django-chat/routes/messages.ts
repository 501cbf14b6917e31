import { Type } from "typebox";

import { PAGE_DEFAULT, PAGE_MAXIMUM } from "../../../kernel/pages.ts";
import { numberedPage } from "../../../messages/history-pages.ts";
import { markReadTo } from "../../../messages/read-mark.service.ts";
import * as removals from "../../../messages/removal.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id } from "../../frame/schemas.ts";
import { roomActedIn, seenMessage, seenRoom } from "../rooms.ts";
import { NewMessage, send } from "../sending.ts";
import { ChatMessage } from "../shapes/message.ts";
import { shownMessage } from "../shown.ts";
import { AtRoom, Done } from "./parts.ts";

const AtMessage = Type.Object({ message_id: Id("消息ID / The message's id.") });

/** The last page that django-chat can be asked for: further on there is nothing, however long a history is. */
const PAGES_MAXIMUM = 1_000_000_000;

const Pages = Type.Object({
  page: Type.Integer({
    minimum: 1,
    maximum: PAGES_MAXIMUM,
    default: 1,
    description: "页码，默认 1；第 1 页是最新的消息 / Which page; 1 holds the newest messages.",
  }),
  page_size: Type.Integer({
    minimum: 1,
    default: PAGE_DEFAULT,
    description: "每页数量，默认 20，超过 100 按 100 / Messages a page; more than 100 are 100.",
  }),
});

const History = Type.Object({
  messages: Type.Array(ChatMessage, { description: "消息，旧的在前 / The messages, the oldest first." }),
  page: Type.Integer({ description: "页码 / Which page it is." }),
  page_size: Type.Integer({ description: "每页数量 / Messages a page." }),
  total: Type.Integer({ description: "消息总数 / How many messages there are in all." }),
});

/** 001…, 2. 消息管理. */
export const MESSAGES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/chat/rooms/:room_id/messages/",
    id: "djangoChatMessages",
    summary: { zh: "获取房间消息", en: "Reads a room's history" },
    notes: {
      zh: "第 1 页是最新的消息，页内旧的在前；超出末页为空。已删除的消息仍在其中，内容为“[消息已删除]”。",
      en:
        "Page 1 holds the newest messages; inside a page the oldest comes first, and past the end a page is empty. Deleted " +
        "messages keep their place.",
    },
    params: AtRoom,
    query: Pages,
    answer: History,
    async handle(ctx, { params: { room_id }, query: { page, page_size } }) {
      const room = await seenRoom(ctx, room_id);
      const limit = Math.min(page_size, PAGE_MAXIMUM);
      const { messages, total } = await numberedPage(ctx, {
        conversationId: room_id,
        skip: (page - 1) * limit,
        limit,
        withGone: true,
      });
      const shown = await Promise.all(messages.map((message) => shownMessage(ctx, message, room)));
      return { messages: shown, page, page_size: limit, total };
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/rooms/:room_id/messages/",
    id: "djangoChatSendMessage",
    summary: { zh: "发送消息", en: "Sends a message" },
    notes: {
      zh: "向公开房间发送即成为其成员。带 file_url 的 text 消息按文件类型成为 image 或 file。",
      en:
        "Who writes into a public room becomes a member of it. A text with a file_url becomes an image where the file is a " +
        "picture of this server's, else a file. An empty file_url or file_name counts as none.",
    },
    status: 201,
    params: AtRoom,
    body: NewMessage,
    answer: ChatMessage,
    async handle(ctx, { params: { room_id }, body }) {
      const message = await send(ctx, room_id, body);
      return shownMessage(ctx, message, await roomActedIn(ctx, room_id));
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/messages/:message_id/read/",
    id: "djangoChatMarkRead",
    summary: { zh: "标记消息已读", en: "Marks a message, and those before it, as read" },
    notes: {
      zh: "该消息及其之前的消息都标记为已读；已读位置不会后退。",
      en: "The caller has read the room up to this message; the position never moves back.",
    },
    params: AtMessage,
    answer: Done,
    async handle(ctx, { params: { message_id } }) {
      await seenMessage(ctx, message_id);
      await markReadTo(ctx, message_id);
      return { message: "消息已标记为已读" };
    },
  }),
  route({
    method: "DELETE",
    path: "/api/chat/messages/:message_id/delete/",
    id: "djangoChatDeleteMessage",
    summary: { zh: "删除消息", en: "Deletes a message" },
    notes: {
      zh: "软删除：消息保留位置，内容变为“[消息已删除]”。作者和管理员可以删除。",
      en: "It keeps its place and says nothing any more. Its author and the room's admins may delete it.",
    },
    params: AtMessage,
    answer: Done,
    async handle(ctx, { params: { message_id } }) {
      await seenMessage(ctx, message_id);
      await removals.remove(ctx, { messageId: message_id });
      return { message: "消息已删除" };
    },
  }),
];

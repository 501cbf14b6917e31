import { Type } from "typebox";

import * as notifications from "../../../notifications/notification.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id } from "../../frame/schemas.ts";
import { ChatNotification } from "../shapes/notification.ts";
import { shownNotifications } from "../shown.ts";
import { Done } from "./parts.ts";

/** Notifications of a list that has no pages, in django-chat, at the most: the latest ones. */
export const NOTIFICATIONS_SHOWN = 100;

/** 001…, 3. 通知管理. */
export const NOTIFICATIONS: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/chat/notifications/",
    id: "djangoChatNotifications",
    summary: { zh: "获取通知列表", en: "Lists the caller's notifications" },
    notes: {
      zh: "最新的在前，最多 100 条。同一会话未读的消息合为一条通知。",
      en: "The latest first, 100 at the most. While a conversation is unread, its messages are one notification.",
    },
    answer: Type.Array(ChatNotification),
    async handle(ctx) {
      const { nodes } = await notifications.list(ctx, {}, { first: NOTIFICATIONS_SHOWN });
      return shownNotifications(ctx, nodes);
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/notifications/:notification_id/read/",
    id: "djangoChatMarkNotificationRead",
    summary: { zh: "标记通知已读", en: "Marks a notification as read" },
    params: Type.Object({ notification_id: Id("通知ID / The notification's id.") }),
    answer: Done,
    async handle(ctx, { params: { notification_id } }) {
      await notifications.markRead(ctx, { ids: [notification_id] });
      return { message: "通知已标记为已读" };
    },
  }),
];

import { Type } from "typebox";

import { activeRooms, chatStats } from "../../../operations/server-stats.ts";
import { addressOf, peopleOnline } from "../../../presence/online-people.ts";
import { beat } from "../../../presence/presence.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id } from "../../frame/schemas.ts";
import { Beat, ChatStats, onlineUser, OnlineUser, UserIp } from "../shapes.ts";

/** 000…, 接口详情, 4, 5, 11 and 12. */
export const PEOPLE: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/chat/online-users",
    id: "onlineChatOnlineUsers",
    summary: { zh: "获取当前在线用户列表", en: "Lists who is online" },
    notes: {
      zh: "30 分钟无活动视为离线。IP 地址与用户代理仅本人及管理员可见，其他人看到空字符串。最多 1000 人。",
      en:
        "Whoever did nothing for 30 minutes is offline. Addresses and programs are shown to oneself and to " +
        "administrators, and are empty for everybody else. 1,000 people at the most.",
    },
    answer: Type.Array(OnlineUser),
    async handle(ctx) {
      const people = await peopleOnline(ctx);
      return people.map((person) => onlineUser(person, ctx.services.wallClock));
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/stats",
    id: "onlineChatStats",
    summary: { zh: "获取聊天统计信息", en: "Counts what is going on" },
    answer: ChatStats,
    async handle(ctx) {
      const [{ onlineUsers, messagesToday }, rooms] = await Promise.all([chatStats(ctx), activeRooms(ctx)]);
      return { online_users_count: onlineUsers, total_messages_today: messagesToday, active_rooms: rooms };
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/user-ip/:user_id",
    id: "onlineChatUserIp",
    summary: { zh: "获取指定用户的IP地址", en: "Tells from which address somebody logged in" },
    notes: {
      zh: "仅本人及管理员可查询，其他人返回 403。",
      en: "Of oneself, and for administrators of anybody; else 403.",
    },
    params: Type.Object({ user_id: Id("用户ID / Of whom.") }),
    answer: UserIp,
    async handle(ctx, { params: { user_id } }) {
      return { user_id, ip: await addressOf(ctx, user_id) };
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/heartbeat",
    id: "onlineChatHeartbeat",
    summary: { zh: "心跳检测：保持用户在线状态", en: "Keeps the caller online" },
    answer: Beat,
    async handle(ctx) {
      await beat(ctx);
      return { status: "ok", timestamp: ctx.services.wallClock(new Date()) };
    },
  }),
];

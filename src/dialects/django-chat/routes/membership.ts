import { Type } from "typebox";

import { ConversationKind } from "../../../conversations/conversation.ts";
import * as joining from "../../../rooms/joining.service.ts";
import { memberRows } from "../../../rooms/member-rows.ts";
import { type Route, route } from "../../frame/route.ts";
import { demandRoom, seenRoom } from "../rooms.ts";
import { Membership, membershipOf } from "../shapes/room.ts";
import { peopleById } from "../shown.ts";
import { AtRoom, Done } from "./parts.ts";

/** 001…, 1.4 to 1.6. */
export const MEMBERSHIP: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/chat/rooms/:room_id/join/",
    id: "djangoChatJoinRoom",
    summary: { zh: "加入房间", en: "Joins a room" },
    notes: {
      zh: "只能加入公开房间；已是成员则无变化。房间已满返回 400，被封禁返回 403，他人的私有房间和群组返回 404。",
      en:
        "Public rooms are joined; of who is in already nothing changes. A full room answers 400, one that bans the caller " +
        "403, a private one or a group of others 404.",
    },
    params: AtRoom,
    answer: Done,
    async handle(ctx, { params: { room_id } }) {
      const kind = await demandRoom(ctx, room_id);
      // Nobody joins a group: whoever sees it is in it.
      if (kind === ConversationKind.GROUP) await seenRoom(ctx, room_id);
      else await joining.join(ctx, room_id);
      return { message: "成功加入房间" };
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/rooms/:room_id/leave/",
    id: "djangoChatLeaveRoom",
    summary: { zh: "离开房间", en: "Leaves a room or group" },
    notes: {
      zh: "公共大厅不能离开（400）；还有其他成员时，最后一位所有者不能离开（400）。不是成员则无变化。",
      en:
        "Nobody leaves the room that everybody is in (400), nor does the last owner while others are in it (400). Of who is " +
        "not in it nothing changes.",
    },
    params: AtRoom,
    answer: Done,
    async handle(ctx, { params: { room_id } }) {
      await demandRoom(ctx, room_id);
      await joining.leave(ctx, room_id);
      return { message: "成功离开房间" };
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/rooms/:room_id/members/",
    id: "djangoChatMembers",
    summary: { zh: "获取房间成员", en: "Lists who is in a room" },
    notes: {
      zh: "按用户ID排序，最多 1000 人；管理员还能看到被封禁的用户。",
      en: "By user id, 1,000 people at the most; admins see among them those who are banned.",
    },
    params: AtRoom,
    answer: Type.Array(Membership),
    async handle(ctx, { params: { room_id } }) {
      const room = await seenRoom(ctx, room_id);
      const rows = await memberRows(ctx, room_id);
      const people = await peopleById(
        ctx,
        rows.map(({ userId }) => userId),
      );
      const byId = new Map(people.map((user) => [user.id, user]));
      return rows.flatMap((row) => {
        const user = byId.get(row.userId);
        return user === undefined ? [] : [membershipOf(row, user, room)];
      });
    },
  }),
];

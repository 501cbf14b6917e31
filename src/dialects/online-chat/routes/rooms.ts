import { Type } from "typebox";

import { Room } from "../../../conversations/conversation.ts";
import { join, leave } from "../../../rooms/joining.service.ts";
import { create } from "../../../rooms/room.service.ts";
import { visibleRooms } from "../../../rooms/visible-rooms.ts";
import { type Route, route } from "../../frame/route.ts";
import { roomNumber } from "../addressed.ts";
import { roomIdOf } from "../ids.ts";
import { ChatRoom, Created, Done } from "../shapes.ts";
import { shownRoom } from "../shown.ts";

const OfRoom = Type.Object({ room_id: Type.String({ description: "聊天室ID / Which room." }) });

/** 000…, 接口详情, 6-9. */
export const ROOMS: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/chat/rooms",
    id: "onlineChatCreateRoom",
    summary: { zh: "创建聊天室", en: "Makes a room" },
    notes: {
      zh: "聊天室对所有人公开，创建者为其所有者。",
      en: "Everybody may find, read and join it; whoever makes it owns it.",
    },
    takes: "form",
    body: Type.Object({
      room_name: Type.String({ description: "聊天室名称，1-100字符 / What it is called, 1-100 characters." }),
      description: Type.Optional(
        Type.String({ description: "聊天室描述，最多1000字符 / What it is for, at most 1,000 characters." }),
      ),
    }),
    answer: Created,
    async handle(ctx, { body: { room_name, description } }) {
      const { id } = await create(ctx, { name: room_name, description });
      return { room_id: roomIdOf(id), message: "聊天室创建成功" };
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/rooms/:room_id/join",
    id: "onlineChatJoinRoom",
    summary: { zh: "加入指定聊天室", en: "Joins a room" },
    notes: { zh: "已在其中时同样成功。", en: "Whoever is in it already stays as they are." },
    params: OfRoom,
    answer: Done,
    async handle(ctx, { params: { room_id } }) {
      await join(ctx, await roomNumber(ctx, room_id), "conversationId");
      return { message: "成功加入聊天室" };
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/rooms/:room_id/leave",
    id: "onlineChatLeaveRoom",
    summary: { zh: "离开指定聊天室", en: "Leaves a room" },
    notes: {
      zh: "不在其中时同样成功。global 不能离开；尚有其他成员时，最后一位所有者不能离开。",
      en: "Whoever is not in it changes nothing. Nobody leaves `global`, nor the last owner a room with others in it: 400.",
    },
    params: OfRoom,
    answer: Done,
    async handle(ctx, { params: { room_id } }) {
      await leave(ctx, await roomNumber(ctx, room_id));
      return { message: "成功离开聊天室" };
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/rooms",
    id: "onlineChatRooms",
    summary: { zh: "获取聊天室列表", en: "Lists rooms" },
    notes: {
      zh: "公共聊天室，以及调用者所在的私有聊天室；global 在最前，其余按名称排列，最多 500 个。",
      en: "Public rooms, and the private ones that the caller is in: `global` first, the others by name, 500 at the most.",
    },
    answer: Type.Array(ChatRoom),
    async handle(ctx) {
      const rooms = await visibleRooms(ctx, { groups: false });
      return Promise.all(rooms.filter((one) => one instanceof Room).map((room) => shownRoom(ctx, room)));
    },
  }),
];

import { Type } from "typebox";

import { RoomVisibility } from "../../../conversations/conversation.ts";
import * as groups from "../../../rooms/group.service.ts";
import * as rooms from "../../../rooms/room.service.ts";
import { DESCRIPTION_MAXIMUM, MEMBERS_MAXIMUM, MEMBERS_MINIMUM, NAME_MAXIMUM } from "../../../rooms/settings.ts";
import { visibleRooms } from "../../../rooms/visible-rooms.ts";
import { type Route, route } from "../../frame/route.ts";
import { nullable, oneOf } from "../../frame/schemas.ts";
import { seenRoom } from "../rooms.ts";
import { ChatRoom, ChatRoomDetails, ROOM_TYPES } from "../shapes/room.ts";
import { shownDetails, shownRoom } from "../shown.ts";
import { AtRoom } from "./parts.ts";

/** How many people a room takes of which nothing is said (001…, 1.2). */
const MEMBERS_DEFAULT = 50;

const NewRoom = Type.Object({
  name: Type.String({
    maxLength: NAME_MAXIMUM,
    description: "房间名称，1-100 个字符 / Its name: 1-100 characters.",
    examples: ["新房间"],
  }),
  description: Type.Optional(
    nullable(
      Type.String({
        maxLength: DESCRIPTION_MAXIMUM,
        description: "房间描述，最多 1000 个字符 / What it is about: at most 1,000 characters.",
        examples: ["房间描述"],
      }),
    ),
  ),
  room_type: oneOf(ROOM_TYPES, {
    description:
      "房间类型：public 人人可见，private 仅成员可见，group 为群组 / public is for everybody, private for its members, group is a group.",
  }),
  max_members: Type.Optional(
    nullable(
      Type.Integer({
        minimum: MEMBERS_MINIMUM,
        maximum: MEMBERS_MAXIMUM,
        description: "最大成员数，默认 50 / How many people it takes; 50 where nothing is said.",
        examples: [MEMBERS_DEFAULT],
      }),
    ),
  ),
});

/** 001…, 1.1 to 1.3. */
export const ROOMS: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/chat/rooms/",
    id: "djangoChatRooms",
    summary: { zh: "获取房间列表", en: "Lists rooms" },
    notes: {
      zh: "公开房间，以及自己所在的私有房间和群组；公共大厅在前，其余按名称排序，最多 500 个。",
      en:
        "Public rooms, and private ones and groups that the caller is in. The room that everybody is in comes first, the " +
        "others by name; 500 at the most.",
    },
    answer: Type.Array(ChatRoom),
    async handle(ctx) {
      const seen = await visibleRooms(ctx, { groups: true });
      return Promise.all(seen.map((room) => shownRoom(ctx, room)));
    },
  }),
  route({
    method: "POST",
    path: "/api/chat/rooms/",
    id: "djangoChatCreateRoom",
    summary: { zh: "创建房间", en: "Makes a room or group" },
    notes: { zh: "创建者是房间的管理员。", en: "Whoever makes it is its admin." },
    status: 201,
    body: NewRoom,
    answer: ChatRoom,
    async handle(ctx, { body: { name, description, room_type, max_members } }) {
      const wish = { name, description, maxMembers: max_members ?? MEMBERS_DEFAULT };
      const made =
        room_type === "group"
          ? await groups.create(ctx, { ...wish, memberIds: [] })
          : await rooms.create(ctx, {
              ...wish,
              visibility: room_type === "public" ? RoomVisibility.PUBLIC : RoomVisibility.PRIVATE,
            });
      return shownRoom(ctx, made);
    },
  }),
  route({
    method: "GET",
    path: "/api/chat/rooms/:room_id/",
    id: "djangoChatRoom",
    summary: { zh: "获取房间详情", en: "Shows a room with its members" },
    params: AtRoom,
    answer: ChatRoomDetails,
    async handle(ctx, { params }) {
      return shownDetails(ctx, await seenRoom(ctx, params.room_id));
    },
  }),
];

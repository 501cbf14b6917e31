import { type Static, Type } from "typebox";

import { type Group, Room, RoomVisibility } from "../../../conversations/conversation.ts";
import { type Member, MemberRole } from "../../../conversations/member.ts";
import type { Message } from "../../../messages/message.ts";
import type { User } from "../../../users/user.ts";
import { Id, nullable, oneOf, UtcTime } from "../../frame/schemas.ts";
import { utc } from "../../frame/times.ts";
import { Content, RoomNamed, wordsOf } from "./message.ts";
import { namedOf, Person, personOf } from "./person.ts";

/** 001…, ChatRoom. */
export const ROOM_TYPES = ["public", "private", "group"] as const;

const LastMessage = Type.Object(
  {
    id: Id("消息ID / Its id."),
    content: Content,
    sender: Type.String({ description: "发送者用户名 / The user name of its sender.", examples: ["developer"] }),
    created_at: UtcTime("创建时间 / When it was written."),
  },
  { description: "最新消息；没有则为 null / The newest message; null where nothing was said yet." },
);

const ROOM = {
  id: Id("房间ID / The room's id."),
  name: Type.String({ description: "房间名称 / Its name.", examples: ["开发讨论"] }),
  description: Type.String({ description: "房间描述 / What it is about; may be empty.", examples: ["开发团队讨论群"] }),
  room_type: oneOf(ROOM_TYPES, {
    description: "房间类型 / Whether everybody finds it, its members only, or it is a group.",
  }),
  created_by: Person,
  member_count: Type.Integer({ description: "成员数量 / How many people are in it." }),
  is_active: Type.Boolean({ description: "是否激活 / Whether it is in use: always." }),
  max_members: Type.Integer({ description: "最大成员数 / How many people it takes.", examples: [50] }),
  last_message: nullable(LastMessage),
  created_at: UtcTime("创建时间 / When it was made."),
  updated_at: UtcTime("更新时间 / When anything in it last changed."),
};

/** A room or group. */
export const ChatRoom = Type.Object(ROOM, { description: "聊天房间 / A room or group." });

/** The same with the people in it. */
export const ChatRoomDetails = Type.Object(
  {
    ...ROOM,
    members: Type.Array(Person, {
      description: "成员列表，最多 1000 人 / Who is in it, in the order of ids; 1,000 people at the most.",
    }),
  },
  { description: "聊天房间及其成员 / A room or group, and who is in it." },
);

/** Somebody in a room. */
export const Membership = Type.Object(
  {
    id: Id("成员记录ID / The id of the membership."),
    room: RoomNamed,
    user: Person,
    role: oneOf(["admin", "member"], { description: "角色 / Owners and moderators are admin." }),
    joined_at: UtcTime("加入时间 / When they came in."),
    last_read_at: UtcTime(
      "最后阅读时间；从未阅读则为加入时间 / When they last read on; where they never did, when they came in.",
    ),
    is_muted: Type.Boolean({ description: "是否被禁言 / Whether a moderator silenced them." }),
    is_banned: Type.Boolean({ description: "是否被封禁 / Whether a moderator put them out." }),
  },
  { description: "房间成员 / Somebody in a room." },
);

/** A room or group with what its shape names. */
export interface RoomTold {
  readonly room: Room | Group;
  /** Null for the server's own. */
  readonly maker: User | null;
  /** Its newest message, with whoever wrote it. */
  readonly last: { readonly message: Message; readonly sender: User | null } | null;
}

export const roomNamedOf = ({ id, name }: Room | Group): Static<typeof RoomNamed> => ({ id, name });

export function roomOf({ room, maker, last }: RoomTold): Static<typeof ChatRoom> {
  return {
    ...roomNamedOf(room),
    description: room.description ?? "",
    room_type: typeOf(room),
    created_by: personOf(maker),
    member_count: room.memberCount,
    is_active: true,
    max_members: room.maxMembers,
    last_message: last === null ? null : lastOf(last),
    created_at: utc(room.createdAt),
    updated_at: utc(room.updatedAt),
  };
}

export const detailsOf = (told: RoomTold, members: readonly User[]): Static<typeof ChatRoomDetails> => ({
  ...roomOf(told),
  members: members.map(personOf),
});

export function membershipOf(member: Member, user: User, room: Room | Group): Static<typeof Membership> {
  return {
    id: member.id,
    room: roomNamedOf(room),
    user: personOf(user),
    role: member.role === MemberRole.MEMBER ? "member" : "admin",
    joined_at: utc(member.joinedAt),
    last_read_at: utc(member.lastReadAt ?? member.joinedAt),
    is_muted: member.isMuted,
    is_banned: member.isBanned,
  };
}

function typeOf(room: Room | Group): (typeof ROOM_TYPES)[number] {
  if (!(room instanceof Room)) return "group";
  return room.visibility === RoomVisibility.PUBLIC ? "public" : "private";
}

function lastOf({ message, sender }: NonNullable<RoomTold["last"]>): Static<typeof LastMessage> {
  return {
    id: message.id,
    content: wordsOf(message),
    sender: namedOf(sender).username,
    created_at: utc(message.createdAt),
  };
}

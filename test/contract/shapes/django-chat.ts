// The response examples of document 001 (0440c6d50ab86026); the numbers are those of its section API 接口列表.
import { only, orNull, type Shape, sometimes } from "../support/shape.ts";

const TIME = "2024-01-01T12:00:00Z";
const ROOM_TYPE = "public|private|group";
const MESSAGE_TYPE = "text|image|file|system";

const NAMED = { id: 1, username: "developer" } satisfies Shape;
const PERSON = { ...NAMED, first_name: "Developer", last_name: "User" } satisfies Shape;
const ROOM_NAMED = { id: 1, name: "开发讨论" } satisfies Shape;

const MESSAGE = {
  id: 1,
  room: ROOM_NAMED,
  sender: PERSON,
  message_type: MESSAGE_TYPE,
  content: "大家好！",
  file_url: orNull("https://example.com/file.jpg"),
  file_name: orNull("image.jpg"),
  file_size: orNull(1024),
  is_edited: false,
  is_deleted: false,
  reply_to: orNull(1),
  created_at: TIME,
  updated_at: TIME,
} satisfies Shape;

const ROOM = {
  id: 1,
  name: "开发讨论",
  description: "开发团队讨论群",
  room_type: ROOM_TYPE,
  member_count: 5,
  created_at: TIME,
} satisfies Shape;

export const ANSWERS: Readonly<Record<string, Shape>> = {
  // 1.1; a room in which nobody has spoken has no last message
  "GET /api/chat/rooms/": [
    {
      ...ROOM,
      created_by: PERSON,
      last_message: sometimes({ id: 10, content: "大家好！", sender: "developer", created_at: TIME }),
    },
  ],
  // 1.2
  "POST /api/chat/rooms/": { ...ROOM, created_by: NAMED, is_active: true, max_members: 50 },
  // 1.3
  "GET /api/chat/rooms/{room_id}/": {
    ...ROOM,
    created_by: PERSON,
    members: [PERSON],
    is_active: true,
    max_members: 50,
    updated_at: TIME,
  },
  // 1.4
  "POST /api/chat/rooms/{room_id}/join/": { message: "成功加入房间" },
  // 1.5
  "POST /api/chat/rooms/{room_id}/leave/": { message: "成功离开房间" },
  // 1.6
  "GET /api/chat/rooms/{room_id}/members/": [
    {
      id: 1,
      room: ROOM_NAMED,
      user: PERSON,
      role: "admin|member",
      joined_at: TIME,
      last_read_at: TIME,
      is_muted: false,
      is_banned: false,
    },
  ],
  // 2.1
  "GET /api/chat/rooms/{room_id}/messages/": { messages: [MESSAGE], page: 1, page_size: 20, total: 1 },
  // 2.2
  "POST /api/chat/rooms/{room_id}/messages/": MESSAGE,
  // 2.3
  "POST /api/chat/messages/{message_id}/read/": { message: "消息已标记为已读" },
  // 2.4
  "DELETE /api/chat/messages/{message_id}/delete/": { message: "消息已删除" },
  // 3.1; by 数据模型说明 a notification may be about an invitation, or of the system: then there is no message, or no room
  "GET /api/chat/notifications/": [
    {
      id: 1,
      notification_type: "message|mention|room_invite|system",
      title: "新消息来自 developer",
      content: "大家好！",
      room: sometimes({ ...ROOM, created_by: NAMED, is_active: true, max_members: 50, updated_at: TIME }),
      message: sometimes({ id: 1, content: "大家好！", message_type: MESSAGE_TYPE, created_at: TIME }),
      is_read: false,
      created_at: TIME,
    },
  ],
  // 3.2
  "POST /api/chat/notifications/{notification_id}/read/": { message: "通知已标记为已读" },
};

/** 错误响应格式 */
export const ERROR: Shape = { error: "错误描述信息" };

/** 接收消息格式, in both of the document's sections WebSocket 接口; a message has the fields of both forms. */
export const FRAMES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "WS /ws/chat/{room_id}/": {
    connection_established: { type: only("connection_established"), message: "连接成功" },
    chat_message: {
      type: only("chat_message"),
      message: {
        id: 1,
        sender: PERSON,
        content: "消息内容",
        message_type: MESSAGE_TYPE,
        timestamp: "2025-01-25T15:30:00Z",
        created_at: TIME,
        reply_to: orNull(1),
      },
    },
    typing: { type: only("typing"), user: NAMED, is_typing: true },
    user_join: { type: only("user_join"), user: NAMED },
    user_leave: { type: only("user_leave"), user: NAMED },
    error: { type: only("error"), message: "错误描述" },
  },
};

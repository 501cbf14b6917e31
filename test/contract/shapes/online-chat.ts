// The response examples of document 000 (aafaa1f4be0c9450); the numbers are those of its section 接口详情.
import { orNull, type Shape, sometimes } from "../support/shape.ts";

/** 数据模型: what is optional there is null in the example of a text message. */
const MESSAGE = {
  id: "550e8400-e29b-41d4-a716-446655440000",
  sender_id: 1,
  sender_name: "张三",
  message_type: "text|file|image|system",
  content: "你好，世界！",
  file_url: orNull("/uploads/chat/550e8400-e29b-41d4-a716-446655440001.jpg"),
  file_name: orNull("photo.jpg"),
  file_size: orNull(1024000),
  timestamp: "2024-01-15T10:30:00",
  reply_to: orNull("550e8400-e29b-41d4-a716-446655440000"),
} satisfies Shape;

export const ANSWERS: Readonly<Record<string, Shape>> = {
  // 1
  "POST /api/chat/send": MESSAGE,
  // 2
  "POST /api/chat/upload": {
    ...MESSAGE,
    file_url: "/uploads/chat/550e8400-e29b-41d4-a716-446655440001.jpg",
    file_name: "photo.jpg",
    file_size: 1024000,
  },
  // 3
  "GET /api/chat/messages": [MESSAGE],
  // 4
  "GET /api/chat/online-users": [
    {
      user_id: 1,
      username: "张三",
      ip: "192.168.1.100",
      user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
      login_time: "2024-01-15T09:00:00",
      last_activity: "2024-01-15T10:30:00",
    },
  ],
  // 5
  "GET /api/chat/stats": { online_users_count: 15, total_messages_today: 256, active_rooms: 8 },
  // 6
  "POST /api/chat/rooms": { room_id: "room_a1b2c3d4", message: "聊天室创建成功" },
  // 7
  "POST /api/chat/rooms/{room_id}/join": { message: "成功加入聊天室" },
  // 8
  "POST /api/chat/rooms/{room_id}/leave": { message: "成功离开聊天室" },
  // 9; description and last_message are optional by 数据模型
  "GET /api/chat/rooms": [
    {
      id: "global",
      name: "全局聊天室",
      description: sometimes("所有用户的公共聊天室"),
      members: [1],
      created_at: "2024-01-15T08:00:00",
      last_message: sometimes({
        id: "550e8400-e29b-41d4-a716-446655440000",
        sender_id: 1,
        sender_name: "张三",
        message_type: "text|file|image|system",
        content: "你好，世界！",
        timestamp: "2024-01-15T10:30:00",
      }),
    },
  ],
  // 10
  "DELETE /api/chat/messages/{message_id}": { message: "消息删除成功" },
  // 11
  "GET /api/chat/user-ip/{user_id}": { user_id: 1, ip: "192.168.1.100" },
  // 12
  "POST /api/chat/heartbeat": { status: "ok", timestamp: "2024-01-15T10:30:00" },
};

/** 错误响应格式 */
export const ERROR: Shape = { detail: "具体的错误信息描述" };

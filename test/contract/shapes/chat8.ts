// The response examples of document 002 (973b0cac28684826), which name types instead of showing values.
import { only, type Shape } from "../support/shape.ts";

/** 响应格式 shows the form of a time; elsewhere the document calls it "string". */
const TIME = "2024-01-01T00:00:00Z";
const STATUS = "online|offline|away";
const MESSAGE_TYPE = "text|image|file|audio|video";

/** 响应格式: every answer has these, and `data` where there is some. */
const DONE = { success: only(true), message: "操作成功", timestamp: TIME } satisfies Shape;
const answer = (data: Shape): Shape => ({ ...DONE, data });

const USER = { id: "integer", username: "string", email: "string", avatar: "string" } satisfies Shape;
const TOKEN = { access_token: "string", token_type: only("bearer") } satisfies Shape;
const MESSAGE = {
  id: "integer",
  sender_id: "integer",
  receiver_id: "integer",
  content: "string",
  message_type: MESSAGE_TYPE,
  timestamp: TIME,
  is_encrypted: "boolean",
} satisfies Shape;

export const ANSWERS: Readonly<Record<string, Shape>> = {
  // 认证接口
  "POST /api/v1/auth/register": answer({ user_id: "integer", username: "string", email: "string", ...TOKEN }),
  "POST /api/v1/auth/login": answer({ ...TOKEN, expires_in: only(1800), user: USER }),
  "POST /api/v1/auth/refresh": answer({ ...TOKEN, expires_in: only(1800) }),
  "POST /api/v1/auth/logout": DONE,
  // 用户管理
  "GET /api/v1/user/profile": answer({ ...USER, status: STATUS, created_at: TIME, last_login: TIME }),
  "PUT /api/v1/user/profile": answer(USER),
  "PUT /api/v1/user/password": DONE,
  "PUT /api/v1/user/status": answer({ status: "string" }),
  // 好友管理
  "GET /api/v1/friends": answer([
    { id: "integer", username: "string", avatar: "string", status: STATUS, last_seen: TIME },
  ]),
  "GET /api/v1/friends/search": answer([{ id: "integer", username: "string", avatar: "string", is_friend: "boolean" }]),
  "POST /api/v1/friends/request": DONE,
  "PUT /api/v1/friends/request/{request_id}": DONE,
  "DELETE /api/v1/friends/{friend_id}": DONE,
  // 消息接口
  "GET /api/v1/messages/{friend_id}": answer({
    messages: [{ ...MESSAGE, is_read: "boolean" }],
    pagination: { page: "integer", limit: "integer", total: "integer", pages: "integer" },
  }),
  "POST /api/v1/messages": answer(MESSAGE),
  "PUT /api/v1/messages/{message_id}/read": DONE,
  "DELETE /api/v1/messages/{message_id}": DONE,
  // 文件上传
  "POST /api/v1/upload/avatar": answer({ avatar_url: "string" }),
  "POST /api/v1/upload/file": answer({
    file_url: "string",
    file_name: "string",
    file_size: "integer",
    file_type: "string",
  }),
  // 加密接口
  "GET /api/v1/encryption/public-key/{user_id}": answer({ user_id: "integer", public_key: "string" }),
  "POST /api/v1/encryption/keys": DONE,
};

/** 响应格式, 错误响应 */
export const ERROR: Shape = {
  success: only(false),
  error: { code: "ERROR_CODE", message: "错误描述", details: {} },
  timestamp: TIME,
};

const frame = (type: string, data: Shape): Shape => ({ type: only(type), data, timestamp: TIME });
const INVITATION = { call_id: "string", from_user_id: "integer", from_username: "string" } satisfies Shape;

/** WebSocket 接口, 消息类型 */
export const FRAMES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "WS /ws/{user_id}": {
    new_message: frame("new_message", {
      id: "integer",
      sender_id: "integer",
      sender_username: "string",
      content: "string",
      message_type: MESSAGE_TYPE,
      is_encrypted: "boolean",
    }),
    user_status: frame("user_status", { user_id: "integer", username: "string", status: STATUS }),
    friend_request: frame("friend_request", {
      request_id: "integer",
      from_user_id: "integer",
      from_username: "string",
      message: "string",
    }),
    voice_call_invite: frame("voice_call_invite", INVITATION),
    video_call_invite: frame("video_call_invite", INVITATION),
    pong: { type: only("pong"), timestamp: TIME },
  },
};

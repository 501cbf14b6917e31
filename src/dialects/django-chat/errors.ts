import { Type } from "typebox";

import type { FailureCode } from "../../kernel/errors.ts";
import type { Dialect } from "../frame/dialect.ts";
import { asFault, onWire, type WireNames, wordsOf } from "../frame/wording.ts";

/** How this dialect's clients call the arguments of the services. */
export const NAMES: WireNames = {
  conversationId: "room_id",
  roomId: "room_id",
  messageId: "message_id",
  ids: "notification_id",
  replyToId: "reply_to",
  type: "message_type",
  fileId: "file_url",
  externalFile: "file_url",
  "externalFile.url": "file_url",
  "externalFile.name": "file_name",
  "externalFile.size": "file_size",
  maxMembers: "max_members",
  visibility: "room_type",
  skip: "page",
  limit: "page_size",
};

/** 001…, 错误码说明: whatever it has no status for is a fault of the request; 429 is what every client of HTTP knows. */
const STATUSES: Record<FailureCode, number> = {
  BAD_USER_INPUT: 400,
  CONFLICT: 400,
  EXPIRED: 400,
  PAYLOAD_TOO_LARGE: 400,
  UNSUPPORTED_MEDIA_TYPE: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
};

export const DIALECT: Dialect = {
  name: "django-chat",
  about: {
    zh: "聊天系统：公开、私有房间与群组，消息、通知，房间 WebSocket `/ws/chat/{room_id}/`。路径以斜杠结尾。",
    en:
      "Public and private rooms, groups, messages, notifications, and a socket of each room at `/ws/chat/{room_id}/`. Its " +
      "paths end with a slash.",
  },
  refusal: Type.Object({ error: Type.String({ description: "错误描述信息 / What is wrong, and where." }) }),
  refusals: {
    400: { zh: "请求参数错误", en: "An argument is malformed or out of bounds, or contradicts what is there." },
    401: { zh: "未认证", en: "No token, or one that does not hold." },
    403: { zh: "权限不足", en: "The caller may not do this." },
    404: { zh: "资源不存在", en: "It does not exist for the caller." },
    429: { zh: "请求过于频繁", en: "Too much in too short a time." },
    500: { zh: "服务器内部错误", en: "A fault of the server." },
  },
  refuse(failure) {
    const told = onWire(asFault(failure), NAMES);
    return { status: STATUSES[told.code], body: { error: wordsOf(told) } };
  },
};

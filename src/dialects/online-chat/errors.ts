import { Type } from "typebox";

import type { FailureCode } from "../../kernel/errors.ts";
import type { Dialect } from "../frame/dialect.ts";
import { asFault, onWire, wordsOf, type WireNames } from "../frame/wording.ts";

/** How this dialect's clients call the arguments of the services. */
const NAMES: WireNames = {
  conversationId: "room_id",
  roomId: "room_id",
  messageId: "message_id",
  replyToId: "reply_to",
  userId: "user_id",
  name: "room_name",
  type: "message_type",
  fileId: "content",
};

/** 000…, 错误码说明; 429 stands in no document, and is what every client of HTTP knows. */
const STATUSES: Record<FailureCode, number> = {
  BAD_USER_INPUT: 400,
  CONFLICT: 400,
  EXPIRED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
};

export const DIALECT: Dialect = {
  name: "online-chat",
  about: {
    zh: "在线聊天系统：公共聊天室、文件、在线用户。路径不带末尾斜杠。",
    en: "Public rooms, files, who is online. Its paths end without a slash; `global` is the room that everybody is in.",
  },
  refusal: Type.Object({ detail: Type.String({ description: "具体的错误信息描述 / What is wrong, and where." }) }),
  refusals: {
    400: { zh: "请求参数错误或格式不正确", en: "An argument is malformed or out of bounds." },
    401: { zh: "未提供有效的JWT Token", en: "No token, or one that does not hold." },
    403: { zh: "没有执行该操作的权限", en: "The caller may not do this." },
    404: { zh: "请求的资源不存在", en: "It does not exist for the caller." },
    413: { zh: "上传的文件超过大小限制", en: "The file is too large." },
    415: { zh: "上传的文件类型不在允许列表中", en: "Files of this kind are not taken." },
    429: { zh: "请求过于频繁", en: "Too much in too short a time." },
    500: { zh: "服务器内部错误", en: "A fault of the server." },
  },
  refuse(failure) {
    const told = onWire(asFault(failure), NAMES);
    return { status: STATUSES[told.code], body: { detail: wordsOf(told) } };
  },
};

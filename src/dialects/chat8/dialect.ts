import { Type } from "typebox";

import type { Dialect } from "../frame/dialect.ts";
import { utc } from "../frame/times.ts";
import { toldOf } from "./errors.ts";
import { takenBy } from "./taken.ts";
import { UtcTime } from "../frame/schemas.ts";

/** The answer of an endpoint that has none but its message. */
export const NO_DATA = Type.Unsafe<void>({});

/** What is said of success where the document says nothing else (002…, 响应格式). */
const DONE = "操作成功";

/** 002…, 响应格式: every answer has success, message and timestamp, and data where there is some. */
export const DIALECT: Dialect = {
  name: "chat8",
  about: {
    zh: "Chat8：好友、私聊、文件、端到端加密的密钥。所有响应都有统一的信封。",
    en: "Friends, messages between two people, files, keys for end-to-end encryption. Every answer wears the same envelope.",
  },
  refusal: Type.Object({
    success: Type.Boolean({ const: false, description: "总是 false / Always false." }),
    error: Type.Object({
      code: Type.String({ description: "错误代码 / What it is called, for programs.", examples: ["USER_001"] }),
      message: Type.String({ description: "错误描述 / What is wrong, and where." }),
      details: Type.Object(
        {
          field: Type.Optional(Type.String({ description: "出错的参数 / The argument at fault." })),
          limit: Type.Optional(Type.Number({ description: "超出的上限或下限 / The bound that was passed." })),
          reason: Type.Optional(Type.String({ description: "更具体的原因 / A finer word for programs." })),
        },
        { description: "细节，已知时才有 / Details, as far as they are known." },
      ),
    }),
    timestamp: UtcTime("服务器时间 / The server's time."),
  }),
  refusals: {
    400: { zh: "请求参数错误", en: "The request cannot be read, or an argument of its path or query is at fault." },
    401: { zh: "未授权", en: "No token, or one that does not hold." },
    403: { zh: "禁止访问", en: "The caller may not do this." },
    404: { zh: "资源不存在", en: "It does not exist for the caller." },
    409: { zh: "资源冲突", en: "It is there already." },
    422: { zh: "请求参数验证失败", en: "A member of the body is missing, of a wrong type or out of bounds." },
    429: { zh: "请求过于频繁", en: "Too much in too short a time." },
    500: { zh: "服务器内部错误", en: "A fault of the server." },
  },
  refuse(failure, route) {
    const { status, code, message, details } = toldOf(failure, takenBy(route));
    return { status, body: { success: false, error: { code, message, details }, timestamp: utc(new Date()) } };
  },
  envelope: ({ answer, says = DONE }) =>
    Type.Object({
      success: Type.Boolean({ const: true, description: "总是 true / Always true." }),
      ...(answer === NO_DATA ? {} : { data: answer }),
      message: Type.String({ description: "结果描述 / What was done.", examples: [says] }),
      timestamp: UtcTime("服务器时间 / The server's time."),
    }),
  wrap: ({ answer, says = DONE }, data) => ({
    success: true,
    ...(answer === NO_DATA ? {} : { data }),
    message: says,
    timestamp: utc(new Date()),
  }),
};

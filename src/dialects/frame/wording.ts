import { Failure, type FailureCode } from "../../kernel/errors.ts";

/** What each refusal is called in Chinese, as the documents' tables of status codes have it. */
const CALLED: Record<FailureCode, string> = {
  UNAUTHENTICATED: "未认证",
  FORBIDDEN: "权限不足",
  NOT_FOUND: "资源不存在",
  BAD_USER_INPUT: "请求参数错误",
  CONFLICT: "资源冲突",
  RATE_LIMITED: "请求过于频繁",
  PAYLOAD_TOO_LARGE: "文件过大",
  UNSUPPORTED_MEDIA_TYPE: "文件类型不支持",
  EXPIRED: "已过期",
  INTERNAL_SERVER_ERROR: "服务器内部错误",
};

/** A refusal in both languages; the argument at fault is named in it. */
export function wordsOf({ code, message, detail: { field } }: Failure): string {
  const named = field === undefined || message.includes(field) ? "" : `${field}: `;
  return `${CALLED[code]}: ${named}${message}`;
}

/** Nobody leaves the room that everybody is in: for documents that know no refusal of that, it is a fault of the request. */
export const asFault = (failure: Failure): Failure =>
  failure.detail.reason === "GLOBAL_ROOM" ? new Failure("BAD_USER_INPUT", failure.message, failure.detail) : failure;

/** By which names a dialect's clients know the arguments of the services. */
export type WireNames = Readonly<Record<string, string>>;

/** The same refusal with its argument called as the dialect's clients know it. */
export function onWire(failure: Failure, names: WireNames): Failure {
  const { field } = failure.detail;
  const name = field === undefined ? undefined : names[field];
  if (field === undefined || name === undefined) return failure;
  const message = failure.message.replaceAll(new RegExp(`\\b${field}\\b`, "g"), name);
  return new Failure(failure.code, message, { ...failure.detail, field: name });
}

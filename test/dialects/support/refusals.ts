import { ERROR as CHAT8_ERROR } from "../../contract/shapes/chat8.ts";
import { ERROR as DJANGO_CHAT_ERROR } from "../../contract/shapes/django-chat.ts";
import { ERROR as ONLINE_CHAT_ERROR } from "../../contract/shapes/online-chat.ts";
import { type Shape, faultsOf } from "../../contract/support/shape.ts";
import type { RestAnswer } from "./rest.ts";

const ERRORS: Readonly<Record<string, Shape>> = {
  "online-chat": ONLINE_CHAT_ERROR,
  "django-chat": DJANGO_CHAT_ERROR,
  chat8: CHAT8_ERROR,
};

/** What is wrong with an answer: a failure of the server's, or a refusal that is not the dialect's or says nothing. */
export function faultsIn({ status, body }: RestAnswer, dialect: string): string[] {
  const error = ERRORS[dialect];
  if (error === undefined) throw new Error(`Nobody says how ${dialect} refuses.`);
  if (status >= 500) return [`It failed with ${status}: ${JSON.stringify(body)}`];
  if (status < 400) return typeof body === "object" ? [] : [`It answered with ${JSON.stringify(body)}`];
  const text: unknown = body.detail ?? body.error?.message ?? body.error;
  return [...faultsOf(error, body), ...(typeof text === "string" && text.trim() !== "" ? [] : ["It says nothing."])];
}

import type { IncomingHttpHeaders } from "node:http";

/** What is asked for of a content that one has a part of already, and how it is known again. */
export interface Representation {
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** Bytes to send, both ends included; "whole" where all are wanted, "none" where the range lies behind the end. */
export type Wanted = { readonly start: number; readonly end: number } | "whole" | "none";

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * Which bytes a request wants (RFC 9110, 14.2 and 13.1.5). Several ranges at once are answered by the whole, as is what is
 * no range.
 */
export function wanted(headers: IncomingHttpHeaders, { size, etag, modifiedAt }: Representation): Wanted {
  const match = RANGE.exec(headers.range ?? "");
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "" && last === "") return "whole";
  const condition = headers["if-range"];
  if (typeof condition === "string" && condition !== etag && condition !== modifiedAt.toUTCString()) return "whole";
  // The last so many bytes, or from here on, or from here to there.
  if (first === "") return Number(last) === 0 ? "none" : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const [start, end] = [Number(first), last === "" ? size - 1 : Number(last)];
  if (end < start) return last === "" || start >= size ? "none" : "whole";
  return start >= size ? "none" : { start, end: Math.min(end, size - 1) };
}

/** Whether the one who asks has the content already (RFC 9110, 13.1.2 and 13.1.3). */
export function hasIt(headers: IncomingHttpHeaders, { etag, modifiedAt }: Representation): boolean {
  const match = headers["if-none-match"];
  if (match !== undefined) {
    return match.split(",").some((part) => ["*", etag].includes(part.trim().replace(/^W\//, "")));
  }
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return Math.floor(modifiedAt.getTime() / 1_000) * 1_000 <= since;
}

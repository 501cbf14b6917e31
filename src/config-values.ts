import { z } from "zod";

/** Anything but nothing; spaces around it do not count. */
export const text = z.string().trim().min(1);
/** A whole number between two bounds, both included. */
export const numberIfAny = (least: number, most: number) =>
  text
    .transform((value) => (/^\d{1,9}$/.test(value) ? Number(value) : NaN))
    .refine((value) => value >= least && value <= most, `is not a whole number from ${least} to ${most}`);
/** As {@link numberIfAny}, or else another one. */
export const number = (least: number, most: number, otherwise: number) => numberIfAny(least, most).default(otherwise);
/** true or false. */
export const flag = (otherwise: "true" | "false") =>
  z.enum(["true", "false"], "is neither true nor false").default(otherwise);
/** A URL of one of these schemes. */
export const url = (...schemes: string[]) =>
  text.refine(
    (value) => schemes.includes(URL.parse(value)?.protocol.slice(0, -1) ?? ""),
    `is not a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
  );
/** So many bytes in base64url. */
export const base64url = (bytes: number) =>
  text.refine(
    (value) => /^[\w-]+$/.test(value) && Buffer.from(value, "base64url").length === bytes,
    `is not ${bytes} bytes in base64url`,
  );
/** An origin of web pages: https://chat.example.org. */
export const origin = text.refine(
  (value) => /^https?:/.test(value) && URL.parse(value)?.origin === value,
  "has something else than origins, which look like https://chat.example.org, separated by commas",
);

/** A time zone by its IANA name: Asia/Shanghai. */
export const timeZone = text.refine((value) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}, "is no time zone such as UTC or Asia/Shanghai");

/** Addresses of STUN or TURN servers, separated by commas (RFC 7064, RFC 7065). */
export const iceUrls = (...schemes: string[]) =>
  text
    .transform((value) => value.split(",").map((part) => part.trim()))
    .refine(
      (addresses) =>
        addresses.every((address) => schemes.some((scheme) => new RegExp(`^${scheme}:[^\\s/@]+$`).test(address))),
      `has something else than addresses that begin with ${schemes.map((scheme) => `${scheme}:`).join(" or ")}, separated by commas`,
    );

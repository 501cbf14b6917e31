import { z } from "zod";

import { badInput } from "../kernel/errors.ts";
import { checkedLine, checkedName, isVisible, UNRULY } from "../kernel/text.ts";

export const DISPLAY_NAME_MAXIMUM = 64;
/** RFC 5321, 4.5.3.1.3: a path of 256, less its brackets. */
export const EMAIL_MAXIMUM = 254;
const PHONE_MAXIMUM = 32;

const EMAIL = z.email();
const PHONE = /^\+?[0-9][0-9 ()./-]{2,}$/;

/** Checks the name that people see: 1-64 characters, something of it visible. @throws BAD_USER_INPUT */
export const checkedDisplayName = (field: string, text: string): string =>
  checkedLine(field, text, { min: 1, max: DISPLAY_NAME_MAXIMUM });

/** Makes a display name of what another system says; null where nothing of it can be one. */
export function displayNameOf(words: string): string | null {
  const plain = words
    .slice(0, 4 * DISPLAY_NAME_MAXIMUM)
    .toWellFormed()
    .replace(UNRULY, " ")
    .trim();
  const name = Array.from(plain).slice(0, DISPLAY_NAME_MAXIMUM).join("").trim();
  return isVisible(name) ? name : null;
}

/** Checks an e-mail address; at most 254 characters. @throws BAD_USER_INPUT */
export function checkedEmail(field: string, text: string): string {
  const email = checkedName(field, text, { max: EMAIL_MAXIMUM });
  if (!EMAIL.safeParse(email).success) throw badInput(field, `${field} must be an e-mail address.`);
  return email;
}

/** Checks a telephone number: digits, blanks and the signs people write between them; at most 32. @throws BAD_USER_INPUT */
export function checkedPhone(field: string, text: string): string {
  const phone = checkedName(field, text, { max: PHONE_MAXIMUM });
  if (!PHONE.test(phone)) throw badInput(field, `${field} must be a telephone number such as +49 30 901820.`);
  return phone;
}

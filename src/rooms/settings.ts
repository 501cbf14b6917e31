import { type Conversation, Room } from "../conversations/conversation.ts";
import { badInput } from "../kernel/errors.ts";
import { checkedLine, checkedText } from "../kernel/text.ts";

/** How many people a room or group takes: at the least, at the most, and where nothing is said. */
export const MEMBERS_MINIMUM = 2;
export const MEMBERS_MAXIMUM = 100_000;
const MEMBERS_DEFAULT = 1_000;
export const NAME_MAXIMUM = 100;
export const DESCRIPTION_MAXIMUM = 1_000;
const SLUG_MAXIMUM = 64;

/** The slug of the room that everyone is in: it cannot be left, closed or deleted. */
export const GLOBAL = "global";

const SLUG = /^[a-z0-9-]+$/;

/** Checks a conversation's name: 1-100 characters in one line, something of it visible. @throws BAD_USER_INPUT */
export const checkedTitle = (text: string): string => checkedLine("name", text, { min: 1, max: NAME_MAXIMUM });

/** Checks a description: at most 1,000 characters; white space alone is none. @throws BAD_USER_INPUT */
export function checkedDescription(text: string | null | undefined): string | null {
  if (text == null) return null;
  const description = checkedText("description", text, { max: DESCRIPTION_MAXIMUM }).trim();
  return description === "" ? null : description;
}

/** Checks how many people are to be taken: 2-100,000. @throws BAD_USER_INPUT */
export function checkedSize(size: number | null | undefined): number {
  if (size == null) return MEMBERS_DEFAULT;
  if (!Number.isInteger(size) || size < MEMBERS_MINIMUM || size > MEMBERS_MAXIMUM) {
    const limit = size > MEMBERS_MAXIMUM ? MEMBERS_MAXIMUM : MEMBERS_MINIMUM;
    throw badInput("maxMembers", `maxMembers must be between ${MEMBERS_MINIMUM} and ${MEMBERS_MAXIMUM}.`, limit);
  }
  return size;
}

/** Checks a slug that somebody wants: 1-64 of a-z, 0-9 and `-`. @throws BAD_USER_INPUT */
export function checkedSlug(slug: string): string {
  const text = checkedText("slug", slug, { min: 1, max: SLUG_MAXIMUM });
  if (!SLUG.test(text)) throw badInput("slug", "slug may have the letters a-z, digits and - only.");
  return text;
}

/** Whether it is the room that everyone is in. */
export const isGlobal = (conversation: Conversation): boolean =>
  conversation instanceof Room && conversation.slug.toLowerCase() === GLOBAL;

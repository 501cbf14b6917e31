import { USERNAME_MAXIMUM, USERNAME_MINIMUM } from "../users/username.ts";

/**
 * A mention is `@` and a user name, at the beginning or after something that cannot be part of one. The whole word is
 * the name: the beginning of a longer word may be somebody else's.
 */
const MENTION = /(?<![\p{L}\p{M}\p{N}._@-])@([\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*)/gu;
/** `@`, and what becomes it in the form in which user names are stored. */
const SIGN = /[@\uFE6B\uFF20]/;
/** Names looked up of one message, at the most. */
const MENTIONS_MAXIMUM = 50;

/** The user names that a text mentions, in lower case; null where there are none. A full stop that ends one ends a sentence. */
export function mentionedNames(content: string): string[] | null {
  if (!SIGN.test(content)) return null;
  const names = new Set<string>();
  // User names are stored in this form, however they were typed.
  for (const [, word = ""] of content.normalize("NFKC").matchAll(MENTION)) {
    for (const name of [word, withoutEnd(word)]) if (isNameLong(name)) names.add(name.toLowerCase());
    if (names.size >= MENTIONS_MAXIMUM) break;
  }
  return names.size > 0 ? [...names] : null;
}

/** Without the full stops and dashes behind it; a word may have thousands of them. */
function withoutEnd(word: string): string {
  let end = word.length;
  while (end > 0 && ".-".includes(word.charAt(end - 1))) end -= 1;
  return word.slice(0, end);
}

function isNameLong(text: string): boolean {
  const { length } = Array.from(text);
  return length >= USERNAME_MINIMUM && length <= USERNAME_MAXIMUM;
}

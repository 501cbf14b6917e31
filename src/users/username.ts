import { badInput, conflict } from "../kernel/errors.ts";
import { checkedText } from "../kernel/text.ts";

export const USERNAME_MINIMUM = 3;
export const USERNAME_MAXIMUM = 32;

/** By which user name doors that need one for each message call the server itself. Nobody else is called so. */
export const SYSTEM_USERNAME = "system";

const isSystem = (name: string): boolean => name.toLowerCase() === SYSTEM_USERNAME;

/** Letters of any script with their marks, digits, and three signs: no blanks, controls, or signs that change direction. */
const SHAPE = /^[\p{L}\p{Nd}._-][\p{L}\p{M}\p{Nd}._-]*$/u;
const OUTSIDE = /[^\p{L}\p{M}\p{Nd}._-]/gu;
/** Characters that are letters or marks to Unicode and nothing to the eye: two names would look the same. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Checks a user name that somebody wants: 3-32 letters of any script, digits, `.`, `_`, `-`. Compatible characters
 * (full width, ligatures) become the plain ones (Unicode NFKC).
 *
 * @throws BAD_USER_INPUT; CONFLICT for the server's own
 */
export function checkedUsername(field: string, text: string): string {
  const name = checkedText(field, normalName(text), { min: USERNAME_MINIMUM, max: USERNAME_MAXIMUM });
  if (!SHAPE.test(name) || name.search(UNSEEN) >= 0) {
    throw badInput(field, `${field} may have letters, digits and the signs . _ - only.`);
  }
  if (isSystem(name)) throw conflict(field, "This user name is taken.");
  return name;
}

/** A user name as it is stored, of one that somebody typed. Too long a text stays as it is. */
export const normalName = (text: string): string =>
  text.length > 2 * USERNAME_MAXIMUM ? text : text.normalize("NFKC");

/** Makes a user name of any words, for somebody whom another system sent here; null where too little is left. */
export function usernameOf(words: string): string | null {
  const name = words
    .slice(0, 4 * USERNAME_MAXIMUM)
    .toWellFormed()
    .normalize("NFKC")
    .replace(UNSEEN, "")
    .replace(OUTSIDE, "-");
  const kept = Array.from(name.replace(/^\p{M}+/u, "")).slice(0, USERNAME_MAXIMUM);
  const made = kept.join("");
  return kept.length >= USERNAME_MINIMUM && !isSystem(made) ? made : null;
}

import { badInput } from "./errors.ts";

/** How long a text may be, in Unicode characters (code points). */
export interface TextBounds {
  readonly min?: number;
  readonly max: number;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Checks a text that a stranger wrote. Any Unicode passes but NUL, which PostgreSQL does not store, and lone
 * surrogates, which are no characters and have no UTF-8.
 *
 * @throws BAD_USER_INPUT naming the field, and the bound where one was passed
 */
export function checkedText(field: string, text: string, { min = 0, max }: TextBounds): string {
  // A character is one or two UTF-16 units: most texts are judged without counting them.
  const length = text.length <= max && text.length >= min * 2 ? text.length : characters(text, max);
  if (length > max) throw badInput(field, `${field} may have at most ${max} characters.`, max);
  if (length < min) {
    throw badInput(
      field,
      min === 1 ? `${field} must not be empty.` : `${field} must have at least ${min} characters.`,
      min,
    );
  }
  if (text.includes("\0")) throw badInput(field, `${field} must not contain the character NUL.`);
  if (LONE_SURROGATE.test(text)) throw badInput(field, `${field} must not contain lone surrogates.`);
  return text;
}

/** As {@link checkedText}, without white space around it. */
export const checkedName = (field: string, text: string, bounds: TextBounds): string =>
  checkedText(field, text.length > 4 * bounds.max ? text : text.trim(), bounds);

/** Control characters, and those that turn the direction of everything behind them. */
export const UNRULY = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}]/u;

/** Whether anything of a text is to be seen. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/**
 * As {@link checkedName}, for a name that stands amid what others say: in one line, without what would turn or hide
 * its surroundings, and something of it visible. Where `min` is 0 it may be empty.
 */
export function checkedLine(field: string, text: string, bounds: TextBounds): string {
  const line = checkedName(field, text, bounds);
  if (line.search(UNRULY) >= 0) throw badInput(field, `${field} must not contain control characters.`);
  if (line !== "" && !isVisible(line)) throw badInput(field, `${field} must not be empty.`);
  return line;
}

/** Counts code points, no further than one past `max`. */
function characters(text: string, max: number): number {
  if (text.length > 2 * max) return max + 1;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

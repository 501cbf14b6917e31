import { badInput } from "../kernel/errors.ts";

/** Characters of a placeholder's name, at the most. */
export const PLACEHOLDER_MAXIMUM = 50;

/** `{{name}}`, with or without spaces inside the braces. */
const PLACEHOLDER = new RegExp(String.raw`\{\{\s*([\p{L}\p{N}_.-]{1,${PLACEHOLDER_MAXIMUM}})\s*\}\}`, "gu");

/** The names that stand in a text, each once, in their order. */
export const placeholdersOf = (text: string): string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name)),
];

/**
 * Puts values into the places of a text. What a value says is not looked at again: one that looks like a placeholder
 * stays as it is.
 *
 * @throws BAD_USER_INPUT naming `field` and, in its text, a placeholder that has no value
 */
export function filled(text: string, values: ReadonlyMap<string, string>, field: string): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw badInput(field, `${field} has no value for {{${name}}}.`);
    return value;
  });
}

import { GraphQLScalarType } from "graphql";
import { GraphQLJSON } from "graphql-scalars";

import { badInput } from "./errors.ts";

/** What a field of any JSON value has as its type. */
export const Json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: "JSON",
  description: "Any JSON value.",
});

/** Objects and lists inside each other, at the most. */
export const JSON_DEPTH_MAXIMUM = 16;

/**
 * Checks a JSON value that a stranger made, which is kept as it is. Its texts may hold any Unicode but NUL, which
 * PostgreSQL does not store, and lone surrogates.
 *
 * @param bytes how long it may be as JSON text, in UTF-8
 * @returns the value as JSON text; null for null and for nothing
 * @throws BAD_USER_INPUT naming the field, and the bound where one was passed
 */
export function checkedJson(field: string, value: unknown, bytes: number): string | null {
  if (value === null || value === undefined) return null;
  // The depth comes first: whatever is deeper could not be written out either.
  demandStorable(field, value, 0);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > bytes)
    throw badInput(field, `${field} may have at most ${bytes} bytes of JSON.`, bytes);
  return text;
}

function demandStorable(field: string, value: unknown, depth: number): void {
  if (typeof value === "string") {
    if (value.includes("\0")) throw badInput(field, `${field} must not contain the character NUL.`);
    if (!value.isWellFormed()) throw badInput(field, `${field} must not contain lone surrogates.`);
  }
  if (typeof value !== "object" || value === null) return;
  if (depth >= JSON_DEPTH_MAXIMUM) {
    throw badInput(field, `${field} may be at most ${JSON_DEPTH_MAXIMUM} levels deep.`, JSON_DEPTH_MAXIMUM);
  }
  for (const [key, inner] of Object.entries(value)) {
    demandStorable(field, key, depth);
    demandStorable(field, inner, depth + 1);
  }
}

import fc, { type Arbitrary } from "fast-check";

import { JSONS, NUMBERS, STRANGE, TEXTS } from "../../hostile/support/arbitrary-input.ts";

/** Values that mean something on the server, by the name of an argument: ids of every dialect's coat, mixed up. */
export type Known = Readonly<Record<string, readonly (string | number)[]>>;

/** As much of JSON Schema as routes are written in. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Ids that no dialect gives. */
const IDS: readonly unknown[] = [
  0,
  -1,
  1.5,
  2 ** 53,
  1e21,
  "01",
  "1e3",
  "１",
  "0x1",
  " 1",
  "9223372036854775807",
  "9223372036854775808",
  "room_",
  "room_zzzzzzzz",
  "room_ffffffff",
  "room_FFFFFFFF",
  "GLOBAL",
  "undefined",
  "null",
  "%",
  "a/b",
  "\0",
  "550e8400-e29b-41d4-a716-446655440000",
  "ffffffff-ffff-8fff-bfff-ffffffffffff",
  "507f1f77bcf86cd799439011",
];

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object, each by itself sane or not. */
export function fieldsOf(schema: Schema, known: Known, sanity: number): Arbitrary<Fields> {
  const { properties = {}, required = [] } = schema;
  return objectOf(properties, required, known, sanity);
}

function objectOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  known: Known,
  sanity: number,
): Arbitrary<Fields> {
  const values: Record<string, Arbitrary<unknown>> = {};
  for (const [name, one] of Object.entries(properties)) values[name] = valueOf(name, one, known, sanity);
  return fc.record(values, { requiredKeys: [...required] });
}

/**
 * A value for an argument.
 *
 * @param sanity how many sane values there are to one that is not
 */
export function valueOf(name: string, schema: Schema, known: Known, sanity: number): Arbitrary<unknown> {
  const [sane, hostile] = leafOf(name, schema, known, sanity);
  return fc.oneof(
    { weight: 4 * sanity, arbitrary: sane },
    { weight: 3, arbitrary: fc.constantFrom(...hostile) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
  );
}

function leafOf(name: string, schema: Schema, known: Known, sanity: number): [Arbitrary<unknown>, readonly unknown[]] {
  const type = typeof schema.type === "object" ? schema.type[0] : schema.type;
  const meant = known[name];
  if (schema.enum !== undefined) return [fc.constantFrom(...schema.enum), ["", "__proto__", 1]];
  if (meant !== undefined) return [fc.constantFrom(...meant), [...IDS, ...NUMBERS]];
  switch (type) {
    case "object":
    case undefined: {
      const { properties = {}, required = [] } = schema;
      const whole = objectOf(properties, required, known, sanity);
      const lacking = objectOf(properties, [], known, sanity);
      return [fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: lacking }), JSONS];
    }
    case "array":
      return [fc.array(valueOf(name, schema.items ?? {}, known, sanity), { maxLength: 3 }), JSONS];
    case "integer":
    case "number":
      return [fc.constantFrom(1, 2, 20), [...NUMBERS, ...TEXTS]];
    case "boolean":
      return [fc.boolean(), ["true", "yes", 1, ""]];
    default:
      return [fc.constantFrom("tea", "你好，世界！", "👍", "https://example.com/a.jpg"), TEXTS];
  }
}

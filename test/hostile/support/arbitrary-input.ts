import fc, { type Arbitrary } from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";

/** Texts that a parser, a database or a page may stumble over. */
export const TEXTS = [
  "",
  " ",
  "\0",
  "a\0b",
  "\uD800",
  "\uDC00x",
  "\uFFFF",
  "\u202E\u2066txt",
  "\u200B\u200D\uFEFF",
  "👨‍👩‍👧‍👦".repeat(40),
  "e" + "\u0301".repeat(300),
  "x".repeat(5_001),
  "ab ".repeat(20_000),
  "@".repeat(3_000),
  "{{".repeat(800),
  "{{__proto__}} {{constructor}}",
  "%_\\'\";--",
  "$1 :* & | ! <-> ( )",
  "__proto__",
  "constructor",
  "null",
  "-1",
  "1e400",
  "NaN",
  "../../etc/passwd",
  "https://[::ffff:127.0.0.1]/",
  "\r\nSet-Cookie: a=b",
  "İıſK",
  "ﷺ".repeat(60),
];
const IDS = [
  "user_0",
  "user_-1",
  "user_01",
  "user_1.5",
  "user_9007199254740991",
  "user_9007199254740993",
  "user_99999999999999999999",
  "USER_1",
  "user_1\n",
  "user_１",
  "msg_9007199254740991",
  "conv_9007199254740991",
  "file_9007199254740991",
  "call_9007199254740991",
  "constructor_1",
];
const TIMES = [
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00Z",
  "1969-12-31T23:59:59.999Z",
  "9999-12-31T23:59:59.999Z",
  "+275760-09-13T00:00:00.000Z",
  "-271821-04-20T00:00:00.000Z",
  "2026-02-30T00:00:00Z",
  "2026-11-21T24:00:00Z",
  "2026-11-21T10:15:60Z",
  "2026-11-21T10:15:30+99:99",
  "2026-11-21",
  "",
  0,
  -1,
  1e300,
  8.64e15,
];
export const NUMBERS = [
  0, -0, 1, -1, 2, 100, 101, 2_147_483_647, -2_147_483_648, 2_147_483_648, 0.5, 1e308, -1e308, 5e-324,
];
/** What stands where something of another type was asked for. */
export const STRANGE: unknown[] = [null, true, 7, -1.5, "x", [], [[]], {}, { a: 1 }];

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
export const JSONS: unknown[] = [
  null,
  "",
  "\0",
  { "\0": 1 },
  "\uD800",
  { "\uDFFF": {} },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
  deep(14),
  Array.from({ length: 5_000 }, (_, n) => n),
  Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${n}`, n])),
  1e308,
  -0,
  "y".repeat(20_000),
];

/** Real ids, by the words that their global ids begin with. */
export type Known = readonly string[];

/**
 * Variables for arguments of a schema: each leaf is sometimes what is asked for, with ids of things that exist, and
 * sometimes what nobody sane would send.
 */
export function variablesOf(arguments_: readonly GraphQLArgument[], known: Known): Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(arguments_.map((argument) => [argument.name, valueOf(argument, argument.type, known)])),
    { requiredKeys: arguments_.filter(({ type }) => isNonNullType(type)).map(({ name }) => name) },
  );
}

type Named = GraphQLArgument | GraphQLInputField;

function valueOf(named: Named, type: GraphQLInputType, known: Known): Arbitrary<unknown> {
  if (isNonNullType(type)) return valueOf(named, type.ofType, known);
  if (isListType(type)) {
    const item = valueOf(named, type.ofType, known);
    return fc.oneof(
      { weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) },
      { weight: 1, arbitrary: item.map((one) => [one, one, one]) },
      { weight: 1, arbitrary: item.map((one) => Array.from({ length: 1_001 }, () => one)) },
      { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
    );
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const whole = fc.record(
      Object.fromEntries(fields.map((field) => [field.name, valueOf(field, field.type, known)])),
      { requiredKeys: fields.filter((field) => isNonNullType(field.type)).map(({ name }) => name) },
    );
    return fc.oneof({ weight: 30, arbitrary: whole }, { weight: 1, arbitrary: fc.constantFrom(...STRANGE) });
  }
  const [sane, hostile] = leaf(named, type, known);
  return fc.oneof(
    { weight: 12, arbitrary: sane },
    { weight: 5, arbitrary: fc.constantFrom(...hostile) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE) },
  );
}

function leaf({ name }: Named, type: GraphQLInputType, known: Known): [Arbitrary<unknown>, unknown[]] {
  if (isEnumType(type)) return [fc.constantFrom(...type.getValues().map((value) => value.name)), ["", "__proto__"]];
  switch (getNamedType(type).name) {
    case "ID":
      return [fc.constantFrom(...of(name, known)), IDS];
    case "Int":
      return [fc.constantFrom(1, 2, 10), NUMBERS];
    case "Float":
      return [fc.constantFrom(1, 52.5, 1_795_000_000_000), NUMBERS];
    case "Boolean":
      return [fc.boolean(), ["true", 1]];
    case "DateTime":
      return [fc.constantFrom(new Date(Date.now() + 3_600_000).toISOString(), "2026-11-20T00:00:00Z"), TIMES];
    case "JSON":
      return [fc.constantFrom({ a: 1 }, [1]), JSONS];
    default:
      return [fc.constantFrom("tea", "Ann and Bob", "👍", "ann", "12:30", "https://push.example/1"), TEXTS];
  }
}

const MEANT: readonly [RegExp, string][] = [
  [/friendRequest/, "freq"],
  [/scheduled/i, "scheduled"],
  [/message|replyTo/i, "msg"],
  [/conversation|room/i, "conv"],
  [/user|member|sender|actor/i, "user"],
  [/file/i, "file"],
  [/call/i, "call"],
  [/report/i, "report"],
];

/** The ids that an argument may mean by its name; where it says nothing, any. */
function of(name: string, known: Known): Known {
  const prefix = MEANT.find(([word]) => word.test(name))?.[1];
  return prefix === undefined ? known : known.filter((id) => id.startsWith(`${prefix}_`));
}

/** A document that asks for one root field with each of its arguments as a variable. */
export function documentFor(schema: GraphQLSchema, kind: "query" | "mutation", field: string): string {
  const root = (kind === "query" ? schema.getQueryType() : schema.getMutationType())?.getFields()[field];
  if (root === undefined) throw new Error(`there is no ${kind} ${field}`);
  const declared = root.args.map((argument) => `$${argument.name}: ${argument.type.toString()}`).join(", ");
  const passed = root.args.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
  const selected = isCompositeType(getNamedType(root.type)) ? "{ __typename }" : "";
  return root.args.length === 0
    ? `${kind} { ${field} ${selected} }`
    : `${kind} (${declared}) { ${field}(${passed}) ${selected} }`;
}

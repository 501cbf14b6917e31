import fc, { type Arbitrary } from "fast-check";
import type { TSchema } from "typebox";

import type { Route } from "../../../src/dialects/frame/route.ts";
import { JSONS, NUMBERS, STRANGE, TEXTS } from "../../hostile/support/arbitrary-input.ts";

/** A request as it goes out. */
export interface Hostile {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
}

/** Values that mean something on the server, by the name of an argument: ids of every dialect's coat, mixed up. */
export type Known = Readonly<Record<string, readonly (string | number)[]>>;

/** As much of JSON Schema as routes are written in. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Ids that no dialect gives. */
const IDS: readonly unknown[] = [
  ...[0, -1, 1.5, 2 ** 53, 1e21, "01", "1e3", "１", "0x1", " 1", "9223372036854775807", "9223372036854775808"],
  ...[
    "room_",
    "room_zzzzzzzz",
    "room_ffffffff",
    "room_FFFFFFFF",
    "GLOBAL",
    "undefined",
    "null",
    "%",
    "a/b",
    "..",
    "\0",
  ],
  ...["550e8400-e29b-41d4-a716-446655440000", "ffffffff-ffff-8fff-bfff-ffffffffffff", "507f1f77bcf86cd799439011"],
];

/** Bodies that are no JSON, or none that anybody would send. */
const RAW: readonly string[] = [
  ...[
    "{",
    "[]",
    "null",
    "true",
    '"x"',
    "7",
    "[[]]",
    "{}",
    "",
    " ",
    "\0",
    "undefined",
    "{'a':1}",
    '{"a":1,}',
    "\uFEFF{}",
  ],
  ...[
    '{"content":1e999}',
    '{"content":"\\ud800"}',
    '{"content":"\\u0000"}',
    '{"a":"\n"}',
    '{"content":"a","content":1}',
  ],
  ...['{"__proto__":{"content":"x"}}', '{"constructor":{"prototype":{"content":"x"}}}', '{"a":{"__proto__":null}}'],
  ...["[".repeat(20_000), `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`, `{"content":"${"x".repeat(1_100_000)}"}`],
];
const CONTENT_TYPES: readonly string[] = [
  ...["application/json", "application/json; charset=utf-16", "application/json;;", "APPLICATION/JSON", "text/json"],
  ...["text/plain", "application/xml", "application/x-www-form-urlencoded", "image/png", "x", "*/*"],
  ...["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/mixed"],
];

/** Requests to a route: what it asks for, what nobody sane would send, and all between. */
export function requestsTo(route: Route, known: Known): Arbitrary<Hostile> {
  const { method, path, params, query, takes = "json" } = route;
  const body = bodyOf(route, known);
  return fc.record({ params: fieldsOf(params, known, 4), query: fieldsOf(query, known, 2), body }).map((made) => ({
    method,
    path: `${filled(path, made.params)}${searchOf(made.query)}`,
    ...(method === "GET" && takes === "json" ? {} : made.body),
  }));
}

function bodyOf({ body, takes = "json" }: Route, known: Known): Arbitrary<Omit<Hostile, "method" | "path">> {
  const raw = fc.record({ body: fc.constantFrom(...RAW), contentType: fc.constantFrom(...CONTENT_TYPES) });
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map((some) => ({ body: new Uint8Array(some), contentType: "application/json" }));
  const strange = fc
    .constantFrom(...JSONS)
    .map((value) => ({ body: JSON.stringify(value), contentType: "application/json" }));
  const json = valueOf("body", (body ?? {}) as Schema, known, 9).map((value) => ({
    body: JSON.stringify(value) ?? "",
    contentType: "application/json",
  }));
  const form = fc
    .record({ fields: fieldsOf(body, known, 6), file: filesOf() })
    .map(({ fields, file }) => ({ body: formDataOf(fields, takes === "file" ? file : []) }));
  return fc.oneof(
    { weight: 14, arbitrary: takes === "json" ? json : form },
    { weight: 2, arbitrary: takes === "json" ? form : json },
    { weight: 3, arbitrary: raw },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: strange },
    { weight: 1, arbitrary: fc.constant({}) },
    ...(takes === "json" ? [] : [{ weight: 8, arbitrary: brokenForms() }]),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(schema: TSchema | undefined, known: Known, sanity: number): Arbitrary<Fields> {
  const { properties = {}, required = [] } = (schema ?? {}) as Schema;
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

/** @param sanity how many sane values there are to one that is not */
function valueOf(name: string, schema: Schema, known: Known, sanity: number): Arbitrary<unknown> {
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

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** Percent-encodes what can be; what cannot, a lone half of a pair, becomes what a browser makes of it. */
const filled = (path: string, params: Fields): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(textOf(params[name] ?? "").toWellFormed()) || "%00");

function searchOf(query: Fields): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, textOf(one));
  }
  return search.size === 0 ? "" : `?${search.toString()}`;
}

interface Part {
  readonly field: string;
  readonly name: string;
  readonly content: string;
  readonly type: string;
}

const filesOf = (): Arbitrary<readonly Part[]> => {
  const part = fc.record({
    field: fc.oneof(
      { weight: 8, arbitrary: fc.constant("file") },
      { weight: 1, arbitrary: fc.constantFrom("", "files", "__proto__") },
    ),
    name: fc.constantFrom("a.txt", "照片.jpg", "", "../../etc/passwd", "a\0.txt", "x".repeat(3_000), ".", 'a";x="'),
    content: fc.constantFrom("some words", "", "\0\0\0", "GIF89a", "%PDF-1.7", "PK\u0003\u0004", "<svg onload=x>"),
    type: fc.constantFrom("", "text/plain", "image/png", "x", "application/x-msdownload"),
  });
  return fc.oneof(
    { weight: 8, arbitrary: part.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(part, { maxLength: 3 }) },
  );
};

function formDataOf(fields: Fields, files: readonly Part[]): FormData {
  const form = new FormData();
  for (const { field, name, content, type } of files) form.append(field, new Blob([content], { type }), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, textOf(value));
  return form;
}

const BOUNDARY = "x-boundary-x";
const part = (head: string, content = "words"): string => `--${BOUNDARY}\r\n${head}\r\n\r\n${content}\r\n`;
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain';
const END = `--${BOUNDARY}--\r\n`;

/** Forms that are not what RFC 7578 says. */
const BROKEN: readonly string[] = [
  ...[
    "",
    "--",
    END,
    `--${BOUNDARY}`,
    `--${BOUNDARY}\r\n`,
    part(FILE),
    part(FILE).slice(0, -9),
    `${part(FILE)}${END}${END}`,
  ],
  part("Content-Disposition: form-data", "x") + END,
  part('Content-Disposition: form-data; name=""; filename=""', "x") + END,
  part('Content-Disposition: attachment; name="file"; filename="a.txt"') + END,
  part('Content-Disposition: form-data; name="__proto__"; filename="a.txt"') + END,
  part('Content-Disposition: form-data; name="__proto__"') + END,
  part('Content-Disposition: form-data; name="constructor"') + part(FILE) + END,
  part(`Content-Disposition: form-data; name="${"n".repeat(20_000)}"`) + END,
  part(`${FILE}\r\nContent-Transfer-Encoding: base64`, "!!!") + END,
  part(`${FILE}\r\n${"X-A: b\r\n".repeat(3_000)}`) + END,
  part(FILE.replace("text/plain", "multipart/mixed; boundary=y")) + END,
  part(FILE.replace("\r\n", "\n")).replaceAll("\r\n", "\n") + END,
  part("no header at all") + END,
  part(FILE) + part(FILE) + END,
  part('Content-Disposition: form-data; name="room_name"', "a\0b") + END,
  part('Content-Disposition: form-data; name="room_id"', "\uD800") + part(FILE) + END,
  part('Content-Disposition: form-data; name="a"').repeat(500) + END,
  part('Content-Disposition: form-data; name="a"', "v".repeat(200_000)) + END,
  part(FILE, "x".repeat(300_000)),
];

const brokenForms = (): Arbitrary<Omit<Hostile, "method" | "path">> =>
  fc.record({
    body: fc.constantFrom(...BROKEN),
    contentType: fc.constantFrom(
      ...[`multipart/form-data; boundary=${BOUNDARY}`, `multipart/form-data; boundary="${BOUNDARY}"`],
      ...["multipart/form-data; boundary=another", `multipart/form-data; boundary=${"b".repeat(300)}`],
    ),
  });

import fc, { type Arbitrary } from "fast-check";

import type { Route } from "../../../src/dialects/frame/route.ts";
import { JSONS } from "../../hostile/support/arbitrary-input.ts";
import { brokenForms, filesOf, formDataOf } from "./hostile-forms.ts";
import { type Fields, type Known, type Schema, fieldsOf, valueOf } from "./hostile-values.ts";

/** A request as it goes out. */
export interface Hostile {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
}

/** Bodies that are no JSON, or none that anybody would send. */
const RAW: readonly string[] = [
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
  '{"content":1e999}',
  '{"content":"\\ud800"}',
  '{"content":"\\u0000"}',
  '{"a":"\n"}',
  '{"content":"a","content":1}',
  '{"__proto__":{"content":"x"}}',
  '{"constructor":{"prototype":{"content":"x"}}}',
  '{"a":{"__proto__":null}}',
  "[".repeat(20_000),
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  `{"content":"${"x".repeat(1_100_000)}"}`,
];
const CONTENT_TYPES: readonly string[] = [
  "application/json",
  "application/json; charset=utf-16",
  "application/json;;",
  "APPLICATION/JSON",
  "text/json",
  "text/plain",
  "application/xml",
  "application/x-www-form-urlencoded",
  "image/png",
  "x",
  "*/*",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  "multipart/form-data; boundary=x",
  "multipart/mixed",
];

/** Characters of a path with its query, so that the server's HTTP parser takes it. */
const PATH_MAXIMUM = 12_000;

/** Requests to a route: what it asks for, what nobody sane would send, and all between. */
export function requestsTo(route: Route, known: Known): Arbitrary<Hostile> {
  const { method, path, params, query, takes = "json" } = route;
  const body = bodyOf(route, known);
  return fc
    .record({ params: fieldsOf(schemaOf(params), known, 4), query: fieldsOf(schemaOf(query), known, 2), body })
    .map((made) => ({
      method,
      path: `${filled(path, made.params)}${searchOf(made.query)}`.slice(0, PATH_MAXIMUM),
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
  const json = valueOf("body", schemaOf(body), known, 9).map((value) => ({
    body: JSON.stringify(value) ?? "",
    contentType: "application/json",
  }));
  const form = fc
    .record({ fields: fieldsOf(schemaOf(body), known, 6), file: filesOf() })
    .map(({ fields, file }) => ({ body: formDataOf(textsOf(fields), takes === "file" ? file : []) }));
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

const schemaOf = (schema: object | undefined): Schema => schema ?? {};

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

const textsOf = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, textOf(value)]));

/** Percent-encodes what can be; what cannot, a lone half of a pair, becomes what a browser makes of it. */
const filled = (path: string, params: Fields): string =>
  path.replace(
    /:(\w+)(?:\(.*?\))?/g,
    (_, name: string) => encodeURIComponent(textOf(params[name] ?? "").toWellFormed()) || "%00",
  );

function searchOf(query: Fields): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, textOf(one));
  }
  return search.size === 0 ? "" : `?${search.toString()}`;
}

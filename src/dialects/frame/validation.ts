import type { FastifyRouteSchemaDef, FastifySchema, FastifyValidationResult } from "fastify/types/schema.js";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Static, TSchema } from "typebox";

import { badInput, type Failure } from "../../kernel/errors.ts";
import { idIn } from "./ids.ts";

/** Of a body nothing is made out of another type: a number is no text, and a text no number. */
const strict = new Ajv({ useDefaults: true, strict: false });
/** A path, a query and a form hold texts only. */
const coercing = new Ajv({ useDefaults: true, coerceTypes: true, strict: false });

/** How Fastify checks the parts of a request. */
export function validatorCompiler({ schema, httpPart }: FastifyRouteSchemaDef<FastifySchema>): FastifyValidationResult {
  const check = (httpPart === "body" ? strict : coercing).compile(schema as object);
  return (httpPart === "params" ? readingIds(schema, check) : check) as FastifyValidationResult;
}

/** Checks a path, whose numbers are ids, of which each has one address: Ajv takes `0x2a`, ` 42`, `+42` and `4.2e1` for one too. */
function readingIds(schema: TSchema, check: ValidateFunction) {
  const { properties } = schema as { properties: Readonly<Record<string, { readonly type?: string }>> };
  const ids = Object.keys(properties).filter((name) => properties[name]?.type === "integer");
  return (path: Readonly<Record<string, string>>) => {
    const wrong = ids.find((name) => idIn(path[name] ?? "") === 0);
    if (wrong !== undefined) return { error: [noId(wrong)] };
    return check(path) ? true : { error: check.errors ?? [] };
  };
}

const noId = (name: string): ErrorObject => ({
  instancePath: `/${name}`,
  schemaPath: "",
  keyword: "type",
  params: {},
  message: "must be integer",
});

/** Checks the fields of a form, which become what the schema says. @throws BAD_USER_INPUT */
export const checkedFields = (schema: TSchema, fields: Readonly<Record<string, string>>): unknown =>
  checkedBy(coercing, schema, fields);

/** Checks what a client says by a frame, as a body is checked. @throws BAD_USER_INPUT */
export const checkedFrame = <S extends TSchema>(schema: S, said: Readonly<Record<string, unknown>>): Static<S> =>
  checkedBy(strict, schema, said) as Static<S>;

function checkedBy(ajv: Ajv, schema: TSchema, said: Readonly<Record<string, unknown>>): unknown {
  // Ajv compiles a schema once, however often it is asked to.
  const check: ValidateFunction = ajv.compile(schema);
  const read: unknown = { ...said };
  if (!check(read)) throw refusalOf(check.errors ?? []);
  return read;
}

/** A refusal that names the argument at fault, of what Ajv found. */
export function refusalOf([error]: readonly Pick<
  ErrorObject,
  "instancePath" | "keyword" | "params" | "message"
>[]): Failure {
  if (error === undefined) return badInput("body", "The request is not what it should be.");
  const { keyword, params } = error as { keyword: string; params: Readonly<Record<string, unknown>> };
  const at = error.instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "required") {
    const missing = [at, String(params["missingProperty"])].filter(Boolean).join(".");
    return badInput(missing, `${missing} is missing.`);
  }
  const field = at === "" ? "body" : at;
  if (keyword === "enum") {
    const words = (params["allowedValues"] as readonly (string | null)[]).filter((word) => word !== null);
    return badInput(field, `${field} must be one of ${words.join(", ")}.`);
  }
  const limit = typeof params["limit"] === "number" ? params["limit"] : undefined;
  return badInput(
    field,
    `${field} ${(error.message ?? "is not what it should be").replace("must NOT", "must not")}.`,
    limit,
  );
}

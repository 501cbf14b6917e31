import { type Static, type TObject, type TSchema, Type } from "typebox";

/** A value of a simple type, or an object, that may be null. JSON Schema says so in `type`, which is written fastest. */
export function nullable<T extends TSchema>(schema: T) {
  const { type, enum: words } = schema as { type?: string; enum?: readonly string[] };
  if (type === undefined) throw new TypeError("Only a schema of one type can be made nullable.");
  const orNull = words === undefined ? {} : { enum: [...words, null] };
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, "null"], ...orNull });
}

/** One of some words. */
export const oneOf = <const Words extends readonly string[]>(words: Words, options: object = {}) =>
  Type.Unsafe<Words[number]>({ type: "string", enum: [...words], ...options });

/** The number of a row, as a path, a query or a body has it. */
export const Id = (description: string) =>
  Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description, examples: [1] });

/** As {@link Id}, or 0, which stands for the server itself. */
export const IdOrSystem = (description: string) => Type.Integer({ minimum: 0, description });

/** A moment as `utc` writes it: in UTC, to the second. */
export const UtcTime = (description: string) => Type.String({ description, examples: ["2024-01-01T12:00:00Z"] });

/** A file in a form, for the API page: the bytes are read as they come. */
export const withFile = (fields: TObject, description: string): TSchema =>
  Type.Object({
    file: Type.Unsafe<unknown>({ type: "string", contentMediaType: "application/octet-stream", description }),
    ...fields.properties,
  });

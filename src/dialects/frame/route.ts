import type { Static, TSchema } from "typebox";

import type { Context } from "../../kernel/context.ts";
import type { Incoming } from "../../files/upload.service.ts";

/** Words for the API page, in both languages of its readers. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** What a handler is given of a request; all of it was checked against the route's schemas. */
export interface Input<P extends TSchema, Q extends TSchema, B extends TSchema> {
  readonly params: Static<P>;
  readonly query: Static<Q>;
  readonly body: Static<B>;
  /**
   * Of a route that takes a file: reads the form. The file is handed over as it comes in; the fields, wherever they stood
   * in the form, are known once it was taken, and checked as a body is.
   *
   * @throws BAD_USER_INPUT where there is no file, or a field is not what it should be, whatever `take` throws
   */
  readonly form: <T>(
    take: (file: Incoming) => Promise<T>,
  ) => Promise<{ readonly taken: T; readonly fields: Static<B> }>;
}

/** How a request's body is written. */
type BodyKind = "json" | "form" | "file";

/** One documented endpoint: what it takes, what it answers, which verbs it calls. */
export interface Route<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As Fastify has it: `/api/chat/rooms/:room_id/join`. */
  readonly path: string;
  /** What generated clients call it; unique in the whole API page. */
  readonly id: string;
  readonly summary: Bilingual;
  /** What the summary leaves open. */
  readonly notes?: Bilingual;
  /** The status of success; 200 where nothing is said. */
  readonly status?: 200 | 201;
  /** Whether it is answered without a token. */
  readonly isPublic?: boolean;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How the body is written: JSON where nothing is said; a form of fields alone; a form with a file, called `file`. */
  readonly takes?: BodyKind;
  /** What is answered, without the envelope that a dialect puts around it. */
  readonly answer: R;
  /** What a dialect whose envelope has a message says of success. */
  readonly says?: string;
  /**
   * What a dialect that names its refusals calls them here, by the code of the failure, or by code and argument: `NOT_FOUND`,
   * `CONFLICT username`.
   */
  readonly names?: Readonly<Record<string, string>>;
  handle(ctx: Context, input: Input<P, Q, B>): Promise<Static<R>>;
}

/** A route, with the types of its schemas found out. */
export const route = <P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  one: Route<P, Q, B, R>,
): Route => one;

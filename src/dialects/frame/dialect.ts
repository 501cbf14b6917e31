import type { TSchema } from "typebox";

import type { Failure } from "../../kernel/errors.ts";
import type { Bilingual, Route } from "./route.ts";

/** A refusal as a dialect words it. */
export interface Refusal {
  readonly status: number;
  readonly body: object;
}

/** What the routes of a dialect have in common: how it wraps answers, and how it refuses. */
export interface Dialect {
  /** What it is called where connections are counted and on the API page. */
  readonly name: string;
  readonly about: Bilingual;
  /** What every refusal looks like. */
  readonly refusal: TSchema;
  /** The statuses of refusals that its document lists, with their meaning. */
  readonly refusals: Readonly<Record<number, Bilingual>>;
  /** @param route null where the request fits none */
  refuse(failure: Failure, route: Route | null): Refusal;
  /** The schema of a whole answer; left out where an answer stands by itself. */
  readonly envelope?: (route: Route) => TSchema;
  /** Puts an answer into the envelope. */
  readonly wrap?: (route: Route, answer: unknown) => object;
}

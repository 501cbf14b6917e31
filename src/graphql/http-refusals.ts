import type { GraphQLFormattedError } from "graphql";

import { badInput, FAILURES, Failure } from "../kernel/errors.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";

/** Apollo's own refusals are about the request; what it did not foresee is a fault of the server. */
export function presentOwn(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const code = formatted.extensions?.["code"];
  if (code === "INTERNAL_SERVER_ERROR") return { message: "The server failed at this.", extensions: { code } };
  const known = typeof code === "string" && code in FAILURES;
  return known ? formatted : { ...formatted, extensions: { ...formatted.extensions, code: "BAD_USER_INPUT" } };
}

/** What Fastify could not make a request of. */
export function unreadable(error: Error & { statusCode?: number }): Failure | null {
  if (error instanceof Failure) return error;
  switch (error.statusCode) {
    case 400:
      return badInput(
        "body",
        "The body must be JSON, without keys that are called __proto__ or constructor.prototype.",
      );
    case 413:
      return new Failure("PAYLOAD_TOO_LARGE", new LimitExceeded("bodyBytes").message, { limit: LIMITS.bodyBytes });
    case 415:
      return new Failure("UNSUPPORTED_MEDIA_TYPE", "The body must be application/json.");
    default:
      return null;
  }
}

/** Clients from before application/graphql-response+json take a status other than 200 for a fault of the network. */
export const acceptsOnlyJson = (accept = ""): boolean =>
  accept.includes("application/json") && !accept.includes("application/graphql-response+json");

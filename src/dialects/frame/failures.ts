import type { FastifyError } from "fastify";

import { badInput, Failure, serverFault } from "../../kernel/errors.ts";
import { refusalOf } from "./validation.ts";

/** Whether the path itself was found at fault. */
const isOfPath = (error: object): boolean => "validationContext" in error && error.validationContext === "params";

/** What is no id is the id of nothing (docs/older-apis.md, Ids and times). */
function namesNothing({ detail: { field = "path" } }: Failure): Failure {
  return new Failure("NOT_FOUND", `This ${field} is the id of nothing.`, { field });
}

/**
 * What a request is refused with, whatever went wrong: a {@link Failure} says of itself what it is, what the schemas or
 * Fastify find wrong with a request is the caller's fault, anything else is ours.
 *
 * @returns the failure, and whether the error is to be written down
 */
export function failureOf(error: FastifyError | Error): { failure: Failure; isOurs: boolean } {
  if (error instanceof Failure) return { failure: error, isOurs: error.code === "INTERNAL_SERVER_ERROR" };
  const { validation, statusCode } = error as FastifyError;
  if (validation !== undefined) {
    const refusal = refusalOf(validation);
    return { failure: isOfPath(error) ? namesNothing(refusal) : refusal, isOurs: false };
  }
  if (statusCode === 413)
    return { failure: new Failure("PAYLOAD_TOO_LARGE", "The request is too large.", { field: "body" }), isOurs: false };
  if (statusCode === 415)
    return { failure: badInput("body", "The body is of no media type that is taken here."), isOurs: false };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { failure: badInput("body", "The body cannot be read."), isOurs: false };
  }
  return { failure: serverFault(), isOurs: true };
}

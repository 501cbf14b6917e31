import { errors } from "jose";

import { type Failure, unauthenticated } from "../kernel/errors.ts";

/** A token that was never good, or whose session has ended. */
export const tokenDoesNotHold = (): Failure => unauthenticated("This token does not hold. Log in again.");

/** A token whose time is over: the client refreshes it. */
export const tokenExpired = (): Failure => unauthenticated("This token has expired.", "EXPIRED");

/** What went wrong with fetching the issuer's keys: no fault of the token. */
const NOT_THE_TOKENS_FAULT = new Set([errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code]);

/** What to answer where a token did not pass; faults that are not the token's own go on as they are. */
export function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return tokenExpired();
  if (error instanceof errors.JOSEError && !NOT_THE_TOKENS_FAULT.has(error.code)) return tokenDoesNotHold();
  return error;
}

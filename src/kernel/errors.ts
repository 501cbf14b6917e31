/**
 * Every way in which a request can be refused: what the code means and the HTTP status a door without codes of its
 * own answers with. The texts are safe to show; they say no more than the caller may know.
 */
export const FAILURES = {
  UNAUTHENTICATED: { status: 401, meaning: "No token, or one that does not hold." },
  FORBIDDEN: { status: 403, meaning: "The caller can see it and may not do this." },
  NOT_FOUND: { status: 404, meaning: "It does not exist for the caller." },
  BAD_USER_INPUT: { status: 400, meaning: "An argument is malformed or out of bounds." },
  CONFLICT: { status: 409, meaning: "It contradicts what is there: a name that is taken, a room that is full." },
  RATE_LIMITED: { status: 429, meaning: "Too much in too short a time." },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: "More bytes than are taken." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: "A kind of content that is not taken." },
  EXPIRED: { status: 410, meaning: "It was valid once: an old invite, a used-up code, a cursor too far behind." },
  INTERNAL_SERVER_ERROR: { status: 500, meaning: "A fault of the server, logged under the request's id." },
} as const;

/** One of the codes of {@link FAILURES}. */
export type FailureCode = keyof typeof FAILURES;

/** What a refusal says beside its text. */
export interface FailureDetail {
  /** The argument that was at fault, as the caller knows it: `content`, `first`, `userId`. */
  field?: string;
  /** A finer word for machines, such as `EXPIRED` beside UNAUTHENTICATED. */
  reason?: string;
  /** A bound that was passed, named, so that the caller can stay within it. */
  limit?: number;
  /** The log cursor from which a reader that must start over can go on. */
  cursor?: string;
}

/** The one kind of error that a caller is told about; each door translates it at its edge. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: FailureCode,
    message: string,
    readonly detail: FailureDetail = {},
  ) {
    super(message);
  }

  get status(): number {
    return FAILURES[this.code].status;
  }
}

/** An argument that is malformed or out of bounds. */
export const badInput = (field: string, message: string, limit?: number): Failure =>
  new Failure("BAD_USER_INPUT", message, limit === undefined ? { field } : { field, limit });

/** What the caller cannot reach does not exist: strangers' things and unknown ids read the same. */
export const notFound = (field: string, what: string): Failure =>
  new Failure("NOT_FOUND", `There is no such ${what}.`, { field });

/** The caller sees the thing and may not do this to it; `reason` tells apart what a door answers differently. */
export const forbidden = (message: string, field?: string, reason?: string): Failure =>
  new Failure("FORBIDDEN", message, {
    ...(field === undefined ? {} : { field }),
    ...(reason === undefined ? {} : { reason }),
  });

/** It contradicts what is there. */
export const conflict = (field: string, message: string): Failure => new Failure("CONFLICT", message, { field });

/** What the caller is told of a fault that is not theirs: nothing but that there was one. */
export const serverFault = (): Failure => new Failure("INTERNAL_SERVER_ERROR", "The server failed at this.");

/** No token, or one that does not hold; `reason` tells an expired one from a bad one. */
export const unauthenticated = (message = "Log in first.", reason?: string): Failure =>
  new Failure("UNAUTHENTICATED", message, reason === undefined ? {} : { reason });

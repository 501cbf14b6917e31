import { badInput, type Failure, type FailureCode } from "../../kernel/errors.ts";
import { onWire, wordsOf } from "../frame/wording.ts";
import { type Taken, wireNames } from "./taken.ts";

/**
 * What this dialect calls its refusals, each with its status: the fifteen of 002…, 错误代码, and words for what that table
 * has none for. 429 stands in no document, and is what every client of HTTP knows.
 */
const STATUSES = {
  AUTH_001: 401,
  AUTH_002: 401,
  AUTH_003: 401,
  USER_001: 404,
  USER_002: 409,
  USER_003: 409,
  FRIEND_001: 404,
  FRIEND_002: 400,
  FRIEND_003: 409,
  MESSAGE_001: 404,
  MESSAGE_002: 403,
  FILE_001: 400,
  FILE_002: 400,
  ENCRYPT_001: 404,
  ENCRYPT_002: 400,
  VALIDATION_ERROR: 422,
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const;

type ErrorCode = keyof typeof STATUSES;

/**
 * What a failure is called wherever it comes up, by code and argument as the services call it, or by code and reason; what
 * depends on the endpoint stands with its route.
 */
const NAMED: Readonly<Record<string, ErrorCode>> = {
  "UNAUTHENTICATED EXPIRED": "AUTH_002",
  "NOT_FOUND userId": "USER_001",
  "CONFLICT username": "USER_002",
  "CONFLICT email": "USER_003",
  "NOT_FOUND friendRequestId": "FRIEND_001",
  "NOT_FOUND messageId": "MESSAGE_001",
  "FORBIDDEN messageId": "MESSAGE_002",
  "PAYLOAD_TOO_LARGE file": "FILE_002",
  "NOT_FOUND publicKey": "ENCRYPT_001",
  "BAD_USER_INPUT publicKey": "ENCRYPT_002",
  "BAD_USER_INPUT encryptedPrivateKey": "ENCRYPT_002",
};

const CALLED: Record<FailureCode, ErrorCode> = {
  UNAUTHENTICATED: "AUTH_001",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  EXPIRED: "NOT_FOUND",
  BAD_USER_INPUT: "BAD_REQUEST",
  PAYLOAD_TOO_LARGE: "BAD_REQUEST",
  UNSUPPORTED_MEDIA_TYPE: "FILE_001",
  CONFLICT: "CONFLICT",
  RATE_LIMITED: "RATE_LIMITED",
  INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
};

/** A refusal as this dialect tells it. */
export interface Told {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Failure["detail"];
}

/**
 * What a failure is called here, with its status and words: 422 for a member of the body, by whomever it was found at
 * fault; 400 for path and query, and for a body that cannot be read at all.
 */
export function toldOf(refused: Failure, taken: Taken): Told {
  const failure = ofPath(refused, taken);
  const told = onWire(failure, wireNames(taken));
  const { field, limit, reason } = told.detail;
  const code = codeOf(failure, field, taken);
  // A wrong current password is no reason to throw the token away, which is what clients do with 401.
  const status = code === "AUTH_003" && failure.code !== "UNAUTHENTICATED" ? 400 : STATUSES[code];
  return {
    status,
    code,
    message: wordsOf(told),
    details: {
      ...(field === undefined ? {} : { field }),
      ...(limit === undefined ? {} : { limit }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/** What is no number in a path is a malformed request here. Services know no argument of such a name: a schema refused it. */
function ofPath(failure: Failure, { path }: Taken): Failure {
  const { field } = failure.detail;
  const isOfPath = field !== undefined && path.has(field);
  return isOfPath ? badInput(field, `${field} must be a whole number of 1 or more.`) : failure;
}

function codeOf({ code, detail }: Failure, onWireField: string | undefined, { members, names }: Taken): ErrorCode {
  const { field, reason } = detail;
  const named = names[`${code} ${field}`] ?? names[code] ?? NAMED[`${code} ${field ?? reason}`];
  if (named !== undefined) return named as ErrorCode;
  if (code === "BAD_USER_INPUT" && onWireField !== undefined && members.has(onWireField)) return "VALIDATION_ERROR";
  return CALLED[code];
}

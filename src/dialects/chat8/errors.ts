import type { TSchema } from "typebox";

import { badInput, type Failure, type FailureCode } from "../../kernel/errors.ts";
import type { Route } from "../frame/route.ts";
import { onWire, wordsOf, type WireNames } from "../frame/wording.ts";

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

export type ErrorCode = keyof typeof STATUSES;

/** A route's own names of refusals, by the code of the failure, or by code and argument as the services call it. */
export type Names = Readonly<Record<string, ErrorCode>>;

/** What a failure is called wherever it comes up; what depends on the endpoint stands with its route. */
const NAMED: Names = {
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

/** How this dialect's clients call the arguments of the services: the first that the request has is meant. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  userId: ["receiver_id", "to_user_id", "friend_id", "user_id"],
  // What loads a person by their number calls it so.
  id: ["friend_id", "user_id"],
  conversationId: ["receiver_id", "to_user_id", "friend_id"],
  messageId: ["message_id"],
  friendRequestId: ["request_id"],
  callId: ["call_id"],
  // A file is sent by its address, which stands in the content.
  fileId: ["content"],
  type: ["message_type"],
  avatarUrl: ["avatar"],
  currentPassword: ["current_password"],
  newPassword: ["new_password"],
  publicKey: ["public_key", "user_id"],
  encryptedPrivateKey: ["private_key_encrypted"],
  search: ["q"],
};

/** What a client may say in a request: what its path is made of, and the members of its body or frame. */
export interface Taken {
  readonly path: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  readonly names: Names;
}

const NOTHING_TAKEN: Taken = { path: new Set(), members: new Set(), query: new Set(), names: {} };

/** A refusal as this dialect tells it. */
export interface Told {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Failure["detail"];
}

/** What a request by this route may say; null where it fits none. */
export function takenBy(route: Route | null): Taken {
  if (route === null) return NOTHING_TAKEN;
  const members = propertiesOf(route.body);
  if (route.takes === "file") members.add("file");
  const { names = {} } = route;
  return { path: propertiesOf(route.params), members, query: propertiesOf(route.query), names: names as Names };
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
  if (named !== undefined) return named;
  if (code === "BAD_USER_INPUT" && onWireField !== undefined && members.has(onWireField)) return "VALIDATION_ERROR";
  return CALLED[code];
}

function wireNames({ path, members, query }: Taken): WireNames {
  const names = Object.entries(ARGUMENTS).flatMap(([argument, candidates]) => {
    const name = candidates.find((one) => members.has(one) || path.has(one) || query.has(one));
    return name === undefined ? [] : [[argument, name] as const];
  });
  return Object.fromEntries(names);
}

const propertiesOf = (schema: TSchema | undefined): Set<string> =>
  new Set(Object.keys(schema === undefined ? {} : ((schema as { properties?: object }).properties ?? {})));

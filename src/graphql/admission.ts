import { CloseCode, type Context as ProtocolContext } from "graphql-ws";

import { Failure } from "../kernel/errors.ts";
import { authenticateBearer } from "../auth/bearer.ts";
import { CLOSE_TRY_AGAIN_LATER, type GraphqlConnection } from "./connection.ts";

/** A client's name for its subscriptions: UTF-16 units. */
const RESUME_KEY_MAXIMUM = 128;

export type Params = Record<string, unknown>;
export type Protocol = ProtocolContext<Params, GraphqlConnection>;

/** Answers connection_init: whether the connection may go on. Where it may not, it is closed with the reason. */
export async function admit(protocol: Protocol): Promise<boolean> {
  const { extra: connection, connectionParams: params = {} } = protocol;
  const { resumeKey = null, Authorization: authorization = params["authorization"], token } = params;
  if (resumeKey !== null && !isResumeKey(resumeKey)) {
    connection.close(CloseCode.BadRequest, `resumeKey must be a string of 1-${RESUME_KEY_MAXIMUM} characters`);
    return false;
  }
  try {
    const authenticated = await authenticateBearer(connection.services, { authorization, token }, connection.origin);
    connection.resumeKey = resumeKey;
    connection.identify(authenticated, protocol);
    // They hold the token, and a connection lives long.
    (protocol as { connectionParams?: Params | undefined }).connectionParams = undefined;
    return true;
  } catch (error) {
    if (error instanceof Failure) {
      connection.forbid(error.detail.reason ?? error.message);
    } else {
      connection.log.error(
        { err: error, requestId: connection.origin.requestId },
        "nobody could be asked who connects",
      );
      connection.close(CLOSE_TRY_AGAIN_LATER, "Try again later");
    }
    return false;
  }
}

const isResumeKey = (key: unknown): key is string =>
  typeof key === "string" &&
  key !== "" &&
  key.length <= RESUME_KEY_MAXIMUM &&
  !key.includes("\0") &&
  key.isWellFormed();

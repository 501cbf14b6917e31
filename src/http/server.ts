import { randomUUID } from "node:crypto";

import { type FastifyInstance, LogController, fastify } from "fastify";
import type { Logger } from "pino";

/** Bytes of a request's body. */
const BODY_LIMIT = 1_048_576;

/** How long a client may take to send its headers, and its whole request; how often that is looked at. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const TIMEOUTS_CHECKED_EVERY_MS = 5_000;

/** Request ids that a proxy gives are kept, as long as they are harmless in a log. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The HTTP server, bare: nothing is bound yet, and every request has an id. */
export function createServer(log: Logger): FastifyInstance {
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: "idle",
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS },
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  return server as unknown as FastifyInstance;
}

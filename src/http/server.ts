import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { type FastifyInstance, type FastifyReply, LogController, fastify } from "fastify";
import type { Logger } from "pino";

/** Bytes of a request's body. */
const BODY_LIMIT = 1_048_576;

/** How long a client may take to send its headers, and its whole request; how often that is looked at. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** The same where the request is a form that carries files: 10 MB over a slow line of 300 kbit/s. */
const UPLOAD_TIMEOUT_MS = 300_000;
const TIMEOUTS_CHECKED_EVERY_MS = 5_000;

/** Request ids that a proxy gives are kept, as long as they are harmless in a log. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The HTTP server, bare: nothing is bound yet, and every request has an id. */
export function createServer(log: Logger): FastifyInstance {
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: UPLOAD_TIMEOUT_MS,
    frameworkErrors: (error, _request, reply) => {
      // A path that is no URL: which door it was meant for cannot be told, so the body has every door's fields.
      const message = `The path cannot be read: ${error.message}`;
      const errors = [{ message, extensions: { code: "BAD_USER_INPUT" } }];
      const answer = reply as unknown as FastifyReply;
      void answer.code(400).send({ errors, success: false, detail: message, message, error: message });
    },
    forceCloseConnections: "idle",
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS },
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (request.headers["content-type"]?.startsWith("multipart/") !== true) endWhenLate(request.raw);
  });
  closeConnectionsWhenStopping(server as unknown as FastifyInstance);
  return server as unknown as FastifyInstance;
}

/** What is answered while the server stops is the last on its connection: one that is kept would hold the stop up, and be cut. */
function closeConnectionsWhenStopping(server: FastifyInstance): void {
  let isStopping = false;
  server.addHook("preClose", async () => {
    isStopping = true;
  });
  server.addHook("onSend", async (_request, reply) => {
    if (isStopping) reply.header("connection", "close");
  });
}

/** Ends a request whose body takes too long to come. What has no body has come by now. */
function endWhenLate(request: IncomingMessage): void {
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (length === "0" && encoding === undefined) return;
  const late = setTimeout(() => {
    request.socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
    request.destroy();
  }, REQUEST_TIMEOUT_MS);
  late.unref();
  for (const event of ["end", "close"]) request.once(event, () => clearTimeout(late));
}

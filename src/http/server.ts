import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { type FastifyInstance, type FastifyReply, LogController, fastify } from "fastify";
import type { Logger } from "pino";

import { refusedForAll } from "../dialects/frame/unknown-paths.ts";
import { badInput } from "../kernel/errors.ts";

/** Bytes of a request's body. */
const BODY_LIMIT = 1_048_576;

/** Characters of a part of a path, such as a file's name: each door says itself what it takes of it. */
const PATH_PART_MAXIMUM = 16_384;

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
    routerOptions: { maxParamLength: PATH_PART_MAXIMUM },
    requestTimeout: UPLOAD_TIMEOUT_MS,
    frameworkErrors: (error, { url }, reply) => {
      // A path that is no URL: which door it was meant for cannot be told, so the body has every door's fields.
      const failure = badInput("path", `The path cannot be read: ${error.message}`);
      const errors = [{ message: failure.message, extensions: { code: failure.code } }];
      const answer = reply as unknown as FastifyReply;
      void answer.code(400).send({ errors, ...refusedForAll(url, failure) });
    },
    forceCloseConnections: "idle",
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
      // Clients such as Java's offer HTTP/2 with every request: what is not taken up is left (RFC 9110, 7.8).
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  // What cannot be read as HTTP may hold a token or a password all the same, and the error would bring it into the log.
  server.server.prependListener("clientError", (error: NodeJS.ErrnoException & { rawPacket?: Buffer }) => {
    delete error.rawPacket;
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
  server.addHook("preClose", (done) => {
    isStopping = true;
    done();
  });
  // With a callback: a promise for each answer would cost more than the hook does.
  server.addHook("onSend", (_request, reply, payload, done) => {
    if (isStopping) reply.header("connection", "close");
    done(null, payload);
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

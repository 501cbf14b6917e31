import type { IncomingMessage, ServerResponse } from "node:http";

import type { FastifyInstance, FastifyRequest } from "fastify";
import { processRequest } from "graphql-upload-minimal";

import type { Services } from "../kernel/context.ts";
import { badInput, Failure, unauthenticated } from "../kernel/errors.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";

const MULTIPART = "multipart/form-data";
/** Bytes of a multipart request beside its fields and files: boundaries, headers of the parts. */
const AROUND_PARTS = 16_384;

/**
 * Takes files in by the GraphQL multipart request specification, in a scope of its own. Nothing of a file is read before
 * a resolver asks for it, and then chunk by chunk; what nobody has asked for when the answer is sent is thrown away.
 */
export function acceptMultipart(scope: FastifyInstance, { files }: Pick<Services, "files">): void {
  const bytesMaximum = files.maxUploadBytes * LIMITS.filesPerRequest + 2 * LIMITS.bodyBytes + AROUND_PARTS;

  scope.addContentTypeParser(MULTIPART, (_request, _body, done) => done(null));

  scope.addHook("preValidation", async (request, reply) => {
    if (!isMultipart(request)) return;
    // Every operation that takes a file needs to know whose it is: without a token nothing is read at all.
    if (request.headers.authorization === undefined) throw unauthenticated();
    if (Number(request.headers["content-length"] ?? 0) > bytesMaximum) throw tooLarge(bytesMaximum);
    endBeyond(request.raw, bytesMaximum);
    request.body = await operations(request.raw, reply.raw);
  });

  scope.addHook("onResponse", async (request) => {
    if (!isMultipart(request)) return;
    // Else the connection would wait for somebody to read the rest.
    request.raw.unpipe();
    request.raw.resume();
  });
}

const isMultipart = (request: FastifyRequest): boolean =>
  request.headers["content-type"]?.toLowerCase().startsWith(MULTIPART) === true;

/** A request that says no length, or a wrong one, goes on until it is too long. */
function endBeyond(request: IncomingMessage, bytesMaximum: number): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMaximum) request.destroy();
  });
}

/**
 * What JSON would have held, with a promise wherever a file belongs. How long a file may be, whoever reads it says.
 *
 * @throws BAD_USER_INPUT, PAYLOAD_TOO_LARGE
 */
async function operations(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  try {
    return await processRequest(request, response, {
      maxFieldSize: LIMITS.bodyBytes,
      maxFiles: LIMITS.filesPerRequest,
    });
  } catch (error) {
    const { message } = error as Error;
    if (statusOf(error) !== 413) throw badInput("body", message);
    throw /max file/.test(message) ? new LimitExceeded("filesPerRequest") : tooLarge(LIMITS.bodyBytes);
  }
}

const statusOf = (error: unknown): unknown => (error as { status?: unknown }).status;

const tooLarge = (limit: number): Failure =>
  new Failure("PAYLOAD_TOO_LARGE", "The request is larger than any that is taken.", { limit });

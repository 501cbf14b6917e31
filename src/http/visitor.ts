import type { FastifyReply, FastifyRequest } from "fastify";

import { Context, type Services } from "../kernel/context.ts";

/** A context for a request in which nobody logs in: the address that it names is the right to what is there. */
export function visitor(request: FastifyRequest, services: Services): Context {
  const origin = { requestId: request.id, ip: request.ip, userAgent: request.headers["user-agent"] ?? "" };
  return new Context(services, origin, services.auth.log, null);
}

/** Whether it never was, or is no more: the answer is the same. */
export function nothing(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

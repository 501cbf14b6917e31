import type { FastifyInstance } from "fastify";

/** Answers are data: a browser is to show, frame and execute nothing of them. A page sets a policy of its own. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": DATA_POLICY,
};

/** What every answer tells browsers. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers(EVERYWHERE);
  });
}

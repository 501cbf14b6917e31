import type { FastifyInstance } from "fastify";

/** Where the API's pages are: whoever opens the server's address in a browser is sent there. */
const PAGES_PATH = "/graphql";

/** How the bare address is answered, a path that no door knows, and a fault that no door caught. */
export function answerTheRest(server: FastifyInstance): void {
  server.get("/", (_request, reply) => reply.redirect(PAGES_PATH));
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(body("NOT_FOUND", "There is nothing at this path.", request.id)),
  );
  server.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send(body("BAD_USER_INPUT", error.message, request.id));
    request.log.error({ err: error }, "a request could not be answered");
    return reply.code(500).send(body("INTERNAL_SERVER_ERROR", "The server failed at this.", request.id));
  });
}

const body = (code: string, message: string, requestId: string) => ({
  errors: [{ message, extensions: { code, requestId } }],
});

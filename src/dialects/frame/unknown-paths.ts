import type { FastifyInstance } from "fastify";

import { notFound } from "../../kernel/errors.ts";
import { utc } from "./times.ts";
import { wordsOf } from "./wording.ts";

/** Below these the older protocols answer. */
const PREFIXES = ["/api/chat", "/api/v1"];

/**
 * How a path below theirs is answered that none of the older protocols knows. Whose client asks cannot be told, so the
 * body serves all of them: `detail`, `error` and `message` (docs/older-apis.md, Refusals).
 */
export function answerUnknownPaths(server: FastifyInstance): void {
  for (const prefix of PREFIXES) {
    void server.register(
      async (scope) => {
        scope.setNotFoundHandler((_request, reply) => reply.code(404).send(nothingHere(prefix)));
      },
      { prefix },
    );
  }
}

function nothingHere(prefix: string): object {
  const words = wordsOf(notFound("path", "path"));
  const error = prefix === "/api/v1" ? { code: "NOT_FOUND", message: words, details: {} } : words;
  return { success: false, detail: words, message: words, error, timestamp: utc(new Date()) };
}

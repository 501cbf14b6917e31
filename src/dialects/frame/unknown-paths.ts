import type { FastifyInstance } from "fastify";

import { type Failure, type FailureCode, notFound } from "../../kernel/errors.ts";
import { utc } from "./times.ts";
import { wordsOf } from "./wording.ts";

/** Below these the older protocols answer. */
const PREFIXES = ["/api/chat", "/api/v1"];
/** Below this, `error` is an object. */
const OF_V1 = /^\/api\/v1(?:[/?]|$)/;

const NOTHING_HERE = notFound("path", "path");

/** What the one protocol that has codes calls what can be refused before it is known which path is asked for. */
const CODES: Partial<Record<FailureCode, string>> = { NOT_FOUND: "NOT_FOUND", BAD_USER_INPUT: "BAD_REQUEST" };

/**
 * How a path below theirs is answered that none of the older protocols knows. Whose client asks cannot be told, so the
 * body serves all of them: `detail`, `error` and `message` (docs/older-apis.md, Refusals).
 */
export function answerUnknownPaths(server: FastifyInstance): void {
  for (const prefix of PREFIXES) {
    void server.register(
      async (scope) => {
        scope.setNotFoundHandler((_request, reply) => reply.code(404).send(refusedForAll(prefix, NOTHING_HERE)));
      },
      { prefix },
    );
  }
}

/** What a request is refused with in the words of every older protocol, as far as its path does not tell which it is of. */
export function refusedForAll(path: string, failure: Failure): object {
  const words = wordsOf(failure);
  const error = OF_V1.test(path) ? { code: CODES[failure.code], message: words, details: {} } : words;
  return { success: false, detail: words, message: words, error, timestamp: utc(new Date()) };
}

import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { type TObject, Type } from "typebox";

import { authenticateBearer } from "../../auth/bearer.ts";
import { Context, type Services } from "../../kernel/context.ts";
import { FAILURES, unauthenticated } from "../../kernel/errors.ts";
import { acceptBodies, fieldsOf, formOf } from "./bodies.ts";
import type { Dialect } from "./dialect.ts";
import { failureOf } from "./failures.ts";
import type { Bilingual, Input, Route } from "./route.ts";
import { withFile } from "./schemas.ts";
import { validatorCompiler } from "./validation.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which documented endpoint it is. */
    route?: Route;
  }
}

const NOTHING = Type.Object({});

/** Who asks, and what their verbs work with. A request has one from when its token was looked at. */
const contexts = new WeakMap<FastifyRequest, Context>();

/**
 * Opens a dialect's endpoints in a scope of their own: its parsers, its way to refuse and its schemas are no business of
 * any other door. The token is looked at before a byte of the body is read.
 *
 * @param fileBytes bytes of a file that is uploaded by this dialect, at the most
 */
export function openRoutes(
  server: FastifyInstance,
  services: Services,
  dialect: Dialect,
  routes: readonly Route[],
  fileBytes: () => number,
): void {
  void server.register(async (scope) => {
    scope.setValidatorCompiler(validatorCompiler);
    scope.setErrorHandler<Error>((error, request, reply) => refuse(dialect, routeOf(request), error, request, reply));
    await acceptBodies(scope, fileBytes);
    for (const one of routes) {
      scope.route({
        method: one.method,
        url: one.path,
        config: { route: one },
        schema: schemaOf(dialect, one),
        onRequest: async (request) => {
          contexts.set(request, await identify(services, request, one));
        },
        ...(one.takes === "form"
          ? {
              preValidation: async (request: FastifyRequest) => {
                request.body = await fieldsOf(request, one.body ?? NOTHING);
              },
            }
          : {}),
        handler: async (request, reply) => {
          const ctx = contexts.get(request);
          if (ctx === undefined) throw new Error("A request came to its handler without a context.");
          const answer = await one.handle(ctx, inputOf(request, one));
          void reply.code(one.status ?? 200);
          return dialect.wrap?.(one, answer) ?? answer;
        },
      });
    }
  });
}

const routeOf = ({ routeOptions }: FastifyRequest): Route | null => routeOptions.config.route ?? null;

async function identify(services: Services, request: FastifyRequest, { isPublic }: Route): Promise<Context> {
  const { log } = services.auth;
  const origin = { requestId: request.id, ip: request.ip, userAgent: request.headers["user-agent"] ?? "" };
  if (isPublic === true) return new Context(services, origin, log, null);
  const authenticated = await authenticateBearer(services, request.headers, origin);
  if (authenticated === null) throw unauthenticated("The Authorization header is missing: Bearer and a token.");
  services.presence.active(authenticated.viewer);
  return new Context(services, origin, log, authenticated.viewer);
}

function inputOf(request: FastifyRequest, { body }: Route): Input<never, never, never> {
  return {
    params: request.params as never,
    query: request.query as never,
    body: request.body as never,
    form: (take) => formOf(request, body ?? NOTHING, take) as never,
  };
}

function refuse(
  dialect: Dialect,
  route: Route | null,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { failure, isOurs } = failureOf(error);
  if (isOurs) request.log.error({ err: error, door: dialect.name }, "a request could not be answered");
  const { status, body } = dialect.refuse(failure, route);
  // Fastify would hang up on a body that it does not read: who still sends would hear nothing (see acceptBodies).
  reply.removeHeader("connection");
  if (status === FAILURES.UNAUTHENTICATED.status) void reply.header("www-authenticate", "Bearer");
  return reply.code(status).send(body);
}

/** What Fastify checks a request by and writes an answer with, and what the API page shows of both. */
function schemaOf(dialect: Dialect, one: Route): FastifySchema {
  const { params, query, body, takes = "json", answer, status = 200 } = one;
  const refusals = Object.entries(dialect.refusals).filter(([code]) => one.isPublic !== true || code !== "403");
  return {
    operationId: one.id,
    tags: [dialect.name],
    summary: inBoth(one.summary),
    ...(one.notes === undefined ? {} : { description: inBoth(one.notes, "\n\n") }),
    ...(one.isPublic === true ? { security: [] } : {}),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    // A form is checked when it has been read; Fastify has no body to check.
    ...(body === undefined || takes === "file" ? {} : { body }),
    ...(takes === "file" ? { [FORM]: withFile((body ?? NOTHING) as TObject, "上传的文件 / The file.") } : {}),
    ...(takes === "json" ? {} : { consumes: ["multipart/form-data"] }),
    response: {
      [status]: { description: "成功 / Done.", ...(dialect.envelope?.(one) ?? answer) },
      ...Object.fromEntries(
        refusals.map(([code, meaning]) => [code, { ...dialect.refusal, description: inBoth(meaning) }]),
      ),
    },
  };
}

/** Under which key a route's schema has the form with its file, for the API page alone. */
export const FORM = "form";

const inBoth = ({ zh, en }: Bilingual, between = " / "): string => `${zh}${between}${en}`;

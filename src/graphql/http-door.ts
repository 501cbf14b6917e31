import { ApolloServer, type ApolloServerPlugin, type GraphQLRequestListener, HeaderMap } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { type DocumentNode, type ExecutionResult, GraphQLError, OperationTypeNode, parse } from "graphql";
import type { Logger } from "pino";

import { Context, type Origin, type Services, type Viewer } from "../kernel/context.ts";
import { FAILURES, Failure, serverFault } from "../kernel/errors.ts";
import { authenticateBearer } from "../auth/bearer.ts";
import type { Engine, Prepared, Rejected } from "./engine.ts";
import { refusal, translate } from "./errors.ts";
import { isBrowsing, openGraphiql, sendPage } from "./graphiql/graphiql.ts";
import { acceptsOnlyJson, presentOwn, unreadable } from "./http-refusals.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";
import { acceptMultipart } from "./multipart.ts";

/** What Apollo hands from step to step; it copies the object, which a {@link Context} would not survive. */
interface DoorContext {
  readonly origin: Origin;
  readonly log: Logger;
  readonly viewer: Viewer | null;
}

/** Apollo wants a document even where there is none that may be executed. */
const NOTHING = parse("{ __typename }");

/**
 * GraphQL over HTTP, at `path`: POST, and GET for queries (https://graphql.github.io/graphql-over-http/draft/). Whatever
 * was executed is answered 200; a token that does not hold 401; what goes past a limit, and subscriptions, 400; other
 * documents and variables that are no good 400 as well, but 200 for clients that accept only application/json (6.4.1).
 *
 * @returns how to stop it, after the last request
 */
export async function openHttpDoor(
  server: FastifyInstance,
  path: string,
  engine: Engine,
  services: Services,
  log: Logger,
): Promise<() => Promise<void>> {
  const apollo = new ApolloServer<DoorContext>({
    schema: engine.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    documentStore: null,
    allowBatchedHttpRequests: true,
    stopOnTerminationSignals: false,
    stringifyResult: (result) => JSON.stringify(result),
    formatError: presentOwn,
    logger: apolloLogger(log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      executedBy(engine, services),
    ],
  });
  await apollo.start();

  await server.register(async (scope) => {
    scope.removeContentTypeParser("text/plain");
    acceptMultipart(scope, services);
    scope.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      const failure = unreadable(error);
      if (failure === null) request.log.error({ err: error }, "a request could not be answered");
      const shown = failure ?? serverFault();
      return reply.code(shown.status).send({ errors: [refusal(shown, request.id)] });
    });
    openGraphiql(scope);
    scope.route({
      method: ["GET", "POST"],
      url: path,
      preHandler: async (request, reply) => {
        if (isBrowsing(request)) return sendPage(reply);
        if (Array.isArray(request.body) && request.body.length > LIMITS.batch) throw new LimitExceeded("batch");
        return undefined;
      },
      handler: fastifyApolloHandler(apollo, { context: (request) => identify(services, request, log) }),
    });
  });
  return () => apollo.stop();
}

async function identify(services: Services, request: FastifyRequest, log: Logger): Promise<DoorContext> {
  const origin: Origin = {
    requestId: request.id,
    ip: request.ip,
    userAgent: request.headers["user-agent"] ?? "",
  };
  try {
    const authenticated = await authenticateBearer(services, request.headers, origin);
    return { origin, log, viewer: authenticated?.viewer ?? null };
  } catch (error) {
    if (!(error instanceof Failure)) {
      log.error({ err: error, requestId: origin.requestId }, "it could not be found out who asks");
      throw error;
    }
    const { extensions, message } = refusal(error, origin.requestId);
    const http = { status: error.status, headers: new HeaderMap([["www-authenticate", "Bearer"]]) };
    throw new GraphQLError(message, { extensions: { ...extensions, http } });
  }
}

/** Parsing, validation, limits and execution are the engine's; Apollo speaks HTTP. */
function executedBy(engine: Engine, services: Services): ApolloServerPlugin<DoorContext> {
  return {
    async requestDidStart(): Promise<GraphQLRequestListener<DoorContext>> {
      let prepared: Prepared | Rejected;
      return {
        async didResolveSource(context) {
          const { operationName, variables } = context.request;
          prepared = engine.prepare({ query: context.source, operationName, variables });
          const document = "errors" in prepared ? NOTHING : prepared.args.document;
          // Apollo parses and validates only what has no document yet.
          (context as { document?: DocumentNode }).document = document;
        },
        async responseForOperation({ contextValue: { origin, log, viewer }, request }) {
          const ctx = new Context(services, origin, log, viewer);
          if (viewer !== null) services.presence.active(viewer);
          const { status, ...result } = await answer(engine, prepared, ctx, request.http?.headers.get("accept"));
          const errors = result.errors?.map((error) => error.toJSON());
          return {
            http: { status, headers: new HeaderMap() },
            body: { kind: "single", singleResult: { ...result, errors } },
          };
        },
      };
    },
  };
}

interface Answer extends ExecutionResult {
  /** Undefined for 200. */
  readonly status?: number | undefined;
}

const BAD_REQUEST = FAILURES.BAD_USER_INPUT.status;

async function answer(
  engine: Engine,
  prepared: Prepared | Rejected,
  ctx: Context,
  accept: string | undefined,
): Promise<Answer> {
  if ("errors" in prepared) {
    const isOverLimit = prepared.errors.some(({ originalError }) => originalError instanceof LimitExceeded);
    const status = isOverLimit || !acceptsOnlyJson(accept) ? BAD_REQUEST : undefined;
    return { status, errors: prepared.errors.map((error) => translate(error, ctx)) };
  }
  if (prepared.operation.node.operation === OperationTypeNode.SUBSCRIPTION) {
    const failure = new Failure(
      "BAD_USER_INPUT",
      "Subscriptions are taken over WebSocket (graphql-transport-ws) only.",
    );
    return { status: BAD_REQUEST, errors: [refusal(failure, ctx.origin.requestId)] };
  }
  const result = await engine.execute(prepared, ctx);
  return { ...result, status: result.data === undefined && !acceptsOnlyJson(accept) ? BAD_REQUEST : undefined };
}

const apolloLogger = (log: Logger | FastifyBaseLogger) => ({
  debug: (message?: string) => log.debug(message),
  info: (message?: string) => log.debug(message),
  warn: (message?: string) => log.warn(message),
  error: (message?: string) => log.error(message),
});

import { type ExecutionResult, GraphQLError, Kind } from "graphql";

import type { Context } from "../kernel/context.ts";
import { FAILURES, Failure, type FailureCode } from "../kernel/errors.ts";

/** As much of a {@link Context} as an error needs: which request it was, and where faults are written down. */
export type ErrorScope = Pick<Context, "log"> & { readonly origin: Pick<Context["origin"], "requestId"> };

/** A refusal by the doors themselves, before any resolver. */
export function refusal(failure: Failure, requestId: string): GraphQLError {
  return new GraphQLError(failure.message, { extensions: { code: failure.code, ...failure.detail, requestId } });
}

/** A result whose errors may be shown: each with its code, none with a word about the inside. */
export function presentable<Result extends ExecutionResult>(result: Result, scope: ErrorScope): Result {
  if (result.errors === undefined) return result;
  return { ...result, errors: result.errors.map((error) => translate(error, scope)) };
}

/**
 * What a caller is told of an error. A {@link Failure} says of itself what it is; what GraphQL finds wrong with a
 * document or its variables is the caller's fault; anything else is the server's, logged and not told.
 */
export function translate(error: GraphQLError, scope: ErrorScope): GraphQLError {
  const { requestId } = scope.origin;
  const cause = rootCause(error);
  if (cause instanceof Failure) return shown(error, cause.message, { code: cause.code, ...cause.detail, requestId });
  if (cause instanceof GraphQLError) {
    if (isFailureCode(cause.extensions["code"])) return shown(error, cause.message, { ...cause.extensions, requestId });
    if (isAboutTheRequest(cause, error)) {
      return shown(error, cause.message, { code: "BAD_USER_INPUT", ...fieldNamedIn(cause), requestId });
    }
  }
  scope.log.error({ err: cause, requestId, path: error.path?.join(".") }, "a field could not be resolved");
  return shown(error, "The server failed at this. It is logged under the request's id.", {
    code: "INTERNAL_SERVER_ERROR",
    requestId,
  });
}

function shown(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/**
 * GraphQL wraps what a resolver threw, sometimes twice. What it says itself of a variable wraps only what the scalar had
 * to say, and tells more.
 */
function rootCause(error: GraphQLError): Error {
  let cause: Error = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) {
    if (error.path === undefined && cause.originalError instanceof GraphQLError) break;
    cause = cause.originalError;
  }
  return cause;
}

const isFailureCode = (code: unknown): code is FailureCode => typeof code === "string" && code in FAILURES;

/**
 * Before execution there is no path. During it, GraphQL's own complaint about an argument points into the document, one
 * about a value that a resolver returned does not.
 */
const isAboutTheRequest = (cause: GraphQLError, error: GraphQLError): boolean =>
  error.path === undefined || cause.nodes !== undefined;

const FIELD_AT_FAULT = /\bField "(?:\w+\.)?(\w+)" (?:of required type|is not defined by type)/;
const PATH_AT_FAULT = / at "\w+((?:\.\w+|\[\d+\])+)"/;
const ARGUMENT_AT_FAULT = /\b(?:Argument|argument) "(?:\w+\.)?(\w+)(?:\(|")/;

/** The argument that GraphQL's message names: `input.content` of a variable is `content`. */
function fieldNamedIn(error: GraphQLError): { field?: string } {
  const [node] = error.nodes ?? [];
  const variable = node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : undefined;
  const path = PATH_AT_FAULT.exec(error.message)?.[1]
    ?.replace(/\[\d+\]/g, "")
    .replace(/^\./, "");
  const field =
    FIELD_AT_FAULT.exec(error.message)?.[1] ??
    (path === "" ? undefined : path) ??
    variable ??
    ARGUMENT_AT_FAULT.exec(error.message)?.[1];
  return field === undefined ? {} : { field };
}

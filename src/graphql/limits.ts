import { Failure } from "../kernel/errors.ts";

/**
 * What one request may ask for. Each is checked before anything is executed, and a refusal names it in
 * `extensions.reason`, with the bound in `extensions.limit`.
 */
export const LIMITS = {
  /** UTF-16 units of a document. */
  documentLength: 65_536,
  /** Lexical tokens of a document, comments aside. */
  tokens: 2_000,
  /** Comments of a document. */
  comments: 500,
  /** Fields inside fields, introspection included. */
  depth: 16,
  /** Fields of one operation, each fragment counted wherever it is spread. */
  fields: 500,
  /** Fields of one operation directly below query, mutation or subscription. */
  rootFields: 20,
  /** Fields of one operation with an alias, `__typename` included. */
  aliases: 50,
  /** Directives in one operation. */
  directives: 50,
  /** Fragments that contain themselves. */
  fragmentCycles: 0,
  /** Objects that the answer may hold, as src/graphql/cost.ts estimates it. */
  cost: 10_000,
  /** Lists and objects inside each other, of the variables. */
  variableDepth: 16,
  /** Operations of one HTTP request. */
  batch: 10,
  /** Files of one HTTP request: each can fail, and be sent again, by itself. */
  filesPerRequest: 1,
  /** Bytes of a request's body (files aside), and of a message over WebSocket. */
  bodyBytes: 1_048_576,
  /** Operations that are under way at a time on one WebSocket, subscriptions included. */
  operationsPerSocket: 200,
  /** UTF-16 units of an operation's id on a WebSocket. */
  operationIdLength: 128,
} as const;

export type LimitName = keyof typeof LIMITS;

const WORDS: Record<LimitName, string> = {
  documentLength: "A document may have at most {} characters.",
  tokens: "A document may have at most {} tokens.",
  comments: "A document may have at most {} comments.",
  depth: "Fields may be nested at most {} deep.",
  fields: "An operation may select at most {} fields.",
  rootFields: "An operation may have at most {} root fields.",
  aliases: "An operation may have at most {} aliases.",
  directives: "An operation may have at most {} directives.",
  fragmentCycles: "A fragment must not contain itself.",
  cost: "The operation may ask for at most {} objects: ask for shorter pages, or in several operations.",
  variableDepth: "Variables may be nested at most {} deep.",
  batch: "A request may hold at most {} operations.",
  filesPerRequest: "A request may carry at most {} file: send each by itself.",
  bodyBytes: "A request may have at most {} bytes.",
  operationsPerSocket: "At most {} operations may be under way at a time on one connection.",
  operationIdLength: "An operation's id may have at most {} characters.",
};

/** The refusal of what goes past a limit. */
export class LimitExceeded extends Failure {
  constructor(readonly limitName: LimitName) {
    super("BAD_USER_INPUT", WORDS[limitName].replace("{}", LIMITS[limitName].toLocaleString("en")), {
      limit: LIMITS[limitName],
      reason: limitName,
    });
  }
}

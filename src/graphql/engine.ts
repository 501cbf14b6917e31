import { type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema, execute } from "graphql";

import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { Documents, type GoodDocument, type Operation } from "./documents.ts";
import { presentable } from "./errors.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";

/** Faults of the variables that are told: each may repeat what was sent. */
const OPTIONS = { maxCoercionErrors: 5 };

/** An operation as a client sends it, by whichever door. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that is found good and within its limits. */
export interface Prepared {
  readonly operation: Operation;
  /** What graphql-js executes, but for the context. */
  readonly args: ExecutionArgs;
}

/** What is wrong with a request before anything is executed. */
export interface Rejected {
  readonly errors: readonly GraphQLError[];
}

/** Both doors' way from a request to its result. */
export class Engine {
  readonly #documents: Documents;

  constructor(readonly schema: GraphQLSchema) {
    this.#documents = new Documents(schema);
  }

  prepare({ query, operationName, variables }: OperationRequest): Prepared | Rejected {
    const read = this.#documents.get(query);
    if ("errors" in read) return read;
    try {
      const operation = chosen(read, operationName);
      const given = variables ?? {};
      if (deeperThan(given, LIMITS.variableDepth + 1)) throw new LimitExceeded("variableDepth");
      if (operation.cost(given) > LIMITS.cost) throw new LimitExceeded("cost");
      const { schema } = this;
      return {
        operation,
        args: { schema, document: read.document, operationName, variableValues: given, options: OPTIONS },
      };
    } catch (error) {
      return { errors: [new GraphQLError((error as Error).message, { originalError: error as Error })] };
    }
  }

  /** Executes a query or a mutation. Without `data` in the result it was refused before any resolver ran. */
  async execute({ operation, args }: Prepared, ctx: Context): Promise<ExecutionResult> {
    const run = async (contextValue: Context): Promise<ExecutionResult> => execute({ ...args, contextValue });
    const result = operation.needsSnapshot ? await ctx.snapshot(run) : await run(ctx);
    return presentable(result, ctx);
  }
}

/** @throws BAD_USER_INPUT where the name fits none of the operations, or none is given and there are several */
function chosen({ operations }: GoodDocument, name: string | null | undefined): Operation {
  const [only] = operations.values();
  const operation = name == null ? (operations.size === 1 ? only : undefined) : operations.get(name);
  if (operation !== undefined) return operation;
  throw badInput(
    "operationName",
    name == null
      ? "Of several operations, operationName must name one."
      : `The document has no operation of this name.`,
  );
}

function deeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (deeperThan(inner, depth - 1)) return true;
  }
  return false;
}

import type { ExecutionArgs, ExecutionResult } from "graphql";

import type { Context } from "../kernel/context.ts";
import type { GraphqlConnection } from "./connection.ts";
import type { Prepared } from "./engine.ts";

/** An operation of a connection, as it goes from where it is prepared to where it is executed. */
export interface SocketOperation extends ExecutionArgs {
  readonly contextValue: Context;
  readonly connection: GraphqlConnection;
  /** The client's name for it, unique on the connection while it is under way. */
  readonly id: string;
  readonly prepared: Prepared;
}

/** Gives life to subscriptions, and hears of their connections. */
export interface Subscriptions {
  /** Begins a subscription; the iterator's `return` ends it. A result instead is its refusal. */
  begin(operation: SocketOperation): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
  /** The connection is about to be pinged. @returns what its pong is to carry back, at most 125 bytes */
  pinging(connection: GraphqlConnection): string;
  /** The connection answered a ping, and so has taken everything that was written before it. */
  ponged(connection: GraphqlConnection, mark: string): void;
}

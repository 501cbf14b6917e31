import { Client } from "pg";

/** How Kysely begins a transaction, and how it takes a whole one back. */
const EDGES = /^(?:begin|start transaction\b.*|rollback)$/;

/**
 * A connection that goes back to the pool where a transaction could not be begun or taken back in it: it broke. Kysely 0.29
 * gives back only those in which that succeeded (ControlledTransaction), and each that broke within a transaction would
 * leave the pool one place less, until nothing is answered any more.
 */
export class PooledClient extends Client {
  /** Given by the pool, anew each time that the connection is taken. */
  declare readonly release?: (error: unknown) => void;

  override query(...parameters: unknown[]): never {
    const [text] = parameters;
    const answer: unknown = super.query(...(parameters as [string]));
    if (typeof text === "string" && EDGES.test(text) && answer instanceof Promise) {
      answer.catch((error: unknown) => this.release?.(error));
    }
    // What it is depends on the parameters, and is what Client says of them.
    return answer as never;
  }
}

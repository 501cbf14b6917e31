import type { LiveOperation } from "./live-operation.ts";
import type { ResumeKey, ResumePoints } from "./resume-points.ts";

interface Marked {
  readonly key: ResumeKey;
  readonly positions: ReadonlyMap<number, number>;
}

/**
 * What of one connection's subscriptions has surely arrived. A ping goes out behind everything that was written before
 * it, so its pong says that all of that was taken.
 *
 * Operations that are the same share a key, and with it one point to go on from: it moves on while only one of them has
 * it, since each has come to a place of its own, and it is kept until the last of them is completed.
 */
export class ResumeMarks {
  readonly #operations = new Map<LiveOperation, ResumeKey>();
  readonly #pinged = new Map<number, Marked[]>();
  #pings = 0;

  constructor(private readonly points: ResumePoints) {}

  add(operation: LiveOperation, key: ResumeKey): void {
    this.#operations.set(operation, key);
  }

  remove(operation: LiveOperation): void {
    this.#operations.delete(operation);
  }

  /** The client completed an operation itself: it will not go on with it. */
  forget(operation: LiveOperation): void {
    const key = this.#operations.get(operation);
    this.#operations.delete(operation);
    if (key !== undefined && this.#having(key) === 0) this.points.end(key);
  }

  /** Marks what is written so far. @returns what the ping carries and the pong brings back */
  ping(): string {
    this.#pings += 1;
    const marked = [...this.#operations].map(([operation, key]) => ({ key, positions: operation.takeSent() }));
    this.#pinged.set(this.#pings, marked);
    return String(this.#pings);
  }

  /** The client took everything before the ping that carried this. */
  pong(payload: string): void {
    const arrived = Number(payload);
    for (const [ping, marked] of this.#pinged) {
      if (ping > arrived) break;
      this.#pinged.delete(ping);
      for (const { key, positions } of marked) {
        const having = this.#having(key);
        if (having > 0) this.points.advance(key, having === 1 ? positions : NOWHERE);
      }
    }
  }

  #having(key: ResumeKey): number {
    let count = 0;
    for (const { operation } of this.#operations.values()) if (operation === key.operation) count += 1;
    return count;
  }
}

/** An advance that only says that somebody is still there. */
const NOWHERE: ReadonlyMap<number, number> = new Map();

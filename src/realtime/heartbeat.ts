import type { WebSocket } from "ws";

/** A connection that is kept an eye on. */
export interface Beating {
  readonly ws: WebSocket;
  /** When the token's time is over, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether a ping has had no answer yet. */
  isPingOpen: boolean;
  /** Is called before `ws` writes anything, so that what others wrote to the socket comes first. */
  readonly beforeSend: (() => void) | null;
  /** The token does not hold any more. @param reason at most 123 bytes */
  forbid(reason: string): void;
}

/** Each connection is pinged so often; one that has not answered by the next time is gone. */
export const PING_EVERY_SECONDS = 12;

/**
 * One timer for all connections: every second it ends those whose token's time is over and pings one in twelve, so that
 * pings are spread out.
 */
export class Heartbeat<C extends Beating> {
  readonly #turns: Set<C>[] = Array.from({ length: PING_EVERY_SECONDS }, () => new Set());
  readonly #timer: NodeJS.Timeout;
  #second = 0;
  #joined = 0;

  /** @param markOf says what the ping of a connection carries, at most 125 bytes (RFC 6455, 5.5) */
  constructor(private readonly markOf: (connection: C) => string) {
    this.#timer = setInterval(() => this.#beat(), 1_000);
    this.#timer.unref();
  }

  /** @returns what takes the connection out again */
  add(connection: C): () => void {
    this.#joined += 1;
    const turn = this.#turns[this.#joined % PING_EVERY_SECONDS] as Set<C>;
    turn.add(connection);
    return () => turn.delete(connection);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#second += 1;
    const now = Date.now();
    for (const turn of this.#turns) {
      for (const connection of turn) {
        if (connection.expiresAt <= now) connection.forbid("EXPIRED");
      }
    }
    for (const connection of this.#turns[this.#second % PING_EVERY_SECONDS] as Set<C>) {
      this.#ping(connection);
    }
  }

  #ping(connection: C): void {
    const { ws } = connection;
    if (connection.isPingOpen) return ws.terminate();
    if (ws.readyState !== ws.OPEN) return;
    connection.isPingOpen = true;
    const mark = this.markOf(connection);
    connection.beforeSend?.();
    ws.ping(mark);
  }
}

import { LRUCache } from "lru-cache";
import type { Logger } from "pino";

import type { Database } from "../kernel/database.ts";
import type { Bus, Subscription } from "../realtime/bus.ts";

/** Who a live session belongs to. */
export interface Standing {
  readonly userId: number;
  readonly role: string;
}

interface Ended {
  readonly ended: readonly string[];
}

/** Carries the ids of sessions that have ended. */
const TOPIC = "sessions";

/** Sessions that a process remembers as live, and as ended. */
const LIVE_REMEMBERED = 100_000;
const ENDED_REMEMBERED = 10_000;

/** How often each node looks for endings that no event told it of: what bounds the loss of an event. */
const LOOK_EVERY_MS = 2_000;

declare module "../kernel/context.ts" {
  interface Services {
    /** Which sessions are live. */
    sessions: SessionDirectory;
  }
}

/**
 * Knows which sessions are live, without asking the database at every request. A session that ends, on whichever node,
 * is dropped at once by an event; while events may not arrive the database is asked each time; and an event that was
 * lost is made up for by looking for the transactions that ended sessions since the last look.
 */
export class SessionDirectory {
  readonly #live = new LRUCache<string, Standing>({ max: LIVE_REMEMBERED });
  /** Whoever begins to listen for an end that was told a moment ago hears of it from here. */
  readonly #ended = new LRUCache<string, true>({ max: ENDED_REMEMBERED });
  readonly #listeners = new Map<string, readonly (() => void)[]>();
  readonly #subscription: Subscription;
  readonly #looks: NodeJS.Timeout;
  /** The oldest transaction that the last look may not have seen. */
  #since: string | null = null;
  /** Counts what makes an answer that is on its way from the database too old to be remembered. */
  #endings = 0;
  /** Counts the times that events may have been lost, and how many of them a look has made up for. */
  #gaps = 1;
  #gapsHealed = 0;
  #closed = false;

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly log: Logger,
  ) {
    this.#subscription = bus.listen(TOPIC, (payload) => this.#drop((payload as Ended).ended));
    bus.onGap(() => {
      this.#gaps += 1;
      void this.#look();
    });
    this.#looks = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#looks.unref();
    void this.#look();
  }

  /** Whose session it is; null where it has ended, or never was. */
  async standing(sessionId: string): Promise<Standing | null> {
    const remembers = this.bus.healthy && this.#gaps === this.#gapsHealed;
    const known = remembers ? this.#live.get(sessionId) : undefined;
    if (known !== undefined) return known;
    const endings = this.#endings;
    const standing = await this.#read(sessionId);
    if (standing !== null && endings === this.#endings) this.#live.set(sessionId, standing);
    return standing;
  }

  /** Tells every node that sessions have ended; call it once the database says so. */
  end(sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return;
    const event: Ended = { ended: sessionIds };
    this.bus.publish(TOPIC, event);
  }

  /**
   * Calls back once when the session ends, on whichever node; soon, where it just has.
   *
   * @returns what stops listening
   */
  onEnd(sessionId: string, listener: () => void): () => void {
    if (this.#ended.has(sessionId)) {
      const call = setImmediate(listener);
      return () => clearImmediate(call);
    }
    this.#listeners.set(sessionId, [...(this.#listeners.get(sessionId) ?? []), listener]);
    return () => {
      const rest = this.#listeners.get(sessionId)?.filter((other) => other !== listener) ?? [];
      if (rest.length > 0) this.#listeners.set(sessionId, rest);
      else this.#listeners.delete(sessionId);
    };
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#looks);
    this.#subscription.stop();
  }

  async #read(sessionId: string): Promise<Standing | null> {
    const { rows } = await this.database.pool.query<{ user_id: string; role: string }>(
      `select s.user_id, u.role from sessions s join users u on u.id = s.user_id
       where s.id = $1 and s.revoked_at is null and s.expires_at > now() and u.deactivated_at is null`,
      [sessionId],
    );
    const row = rows[0];
    return row === undefined ? null : { userId: Number(row.user_id), role: row.role };
  }

  /**
   * Finds what ended since the last look. Transactions below the snapshot's xmin are over and were seen by it; those
   * above may commit later, in any order, so the next look begins there.
   */
  async #look(): Promise<void> {
    const gaps = this.#gaps;
    try {
      const { rows } = await this.database.pool.query<{ next: string; ended: string[] }>(
        `select pg_snapshot_xmin(pg_current_snapshot())::text as next,
           array(select id::text from sessions where revoked_xid >= $1::xid8) as ended`,
        [this.#since],
      );
      for (const { next, ended } of rows) {
        this.#since = next;
        this.#drop(ended);
      }
      this.#gapsHealed = gaps;
    } catch (error) {
      if (!this.#closed) this.log.warn({ err: error }, "ended sessions could not be looked for");
    }
  }

  #drop(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      if (this.#ended.has(sessionId)) continue;
      this.#ended.set(sessionId, true);
      this.#endings += 1;
      this.#live.delete(sessionId);
      const listeners = this.#listeners.get(sessionId);
      this.#listeners.delete(sessionId);
      for (const listener of listeners ?? []) listener();
    }
  }
}

import { Redis } from "ioredis";
import type { Logger } from "pino";

import type { Context } from "../kernel/context.ts";
import { type Database, type Row, runInTransaction, sqlOf } from "../kernel/database.ts";
import { CASCADE_VERSION } from "./cascade-events.ts";

declare module "../kernel/context.ts" {
  interface Services {
    /** What happens here, told to other systems. */
    cascade: Cascade;
  }
}

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Something happened: left by the triggers of the outbox. */
    cascade: Record<string, never>;
    /** Each minute: what was left behind goes out, and the outbox stays within its bounds. */
    cascadeSweep: Record<string, never>;
  }
}

/** The Redis Stream. */
export const CASCADE_STREAM = "cascade:events";
/** Events that go out in one transaction and one round trip to Redis. */
const BATCH = 1_000;
/** Redis commands that get no answer for so long have failed. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_AT_MOST_MS = 1_000;
/** How soon it is tried again where Redis did not answer. */
const TRY_AGAIN_MS = 1_000;
/** Any number that nothing else on the database locks: the ASCII codes of "casc". */
const CASCADE_LOCK = 0x63617363;

interface Waiting extends Row {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly data: string;
  readonly at: string;
}

/**
 * Moves what happened from the outbox (the table `domain_events`) into a Redis Stream: at least once, and in order
 * within each topic. One transaction takes events out of the outbox, adds them to the stream and commits; where
 * anything breaks amid it, they stay and go out again, under the same ids. Only one node does so at a time.
 */
export class Cascade {
  /** Null where the cascade is off. */
  readonly redis: Redis | null;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #retry: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(
    private readonly database: Database,
    redisUrl: string | undefined,
    /** Entries that the stream keeps, or some more: Redis trims by whole blocks. */
    readonly maximumLength: number,
    private readonly log: Logger,
  ) {
    this.redis = redisUrl === undefined ? null : this.#connect(redisUrl);
  }

  /** Says in the database whether events are to be written down. All nodes are set alike; the last that starts counts. */
  async start(): Promise<void> {
    await this.database.pool.query("update server_state set cascade_is_on = $1 where cascade_is_on <> $1", [
      this.redis !== null,
    ]);
    if (this.redis === null) return;
    // What waited while Redis was away, or while nobody ran.
    this.redis.on("ready", () => void this.#drainOrWarn());
    await this.#drainOrWarn();
  }

  /**
   * Sends what waits in the outbox. Whoever calls while that is under way shares one further run with all others who
   * do: the one under way may have looked a moment too early. Where Redis is away it all stays; it goes out once Redis
   * is back.
   */
  drain(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = null;
      return this.#sendAll();
    });
    this.#last = this.#next.catch(() => {});
    return this.#next;
  }

  /**
   * Sends what waits, for a job. Where Redis hangs, every try takes seconds: from the first that fails on they are made
   * here, one at a time, until one succeeds, and the jobs that come meanwhile leave the others' places free.
   */
  async send(): Promise<void> {
    if (this.#retry !== undefined) return;
    try {
      await this.drain();
    } catch (error) {
      this.log.warn({ err: error }, "events wait: the cascade's stream did not take them");
      this.#tryAgainLater();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#retry);
    await this.#last;
    this.redis?.disconnect();
  }

  #connect(url: string): Redis {
    const redis = new Redis(url, {
      retryStrategy: (tries) => Math.min(50 * 2 ** tries, RECONNECT_AT_MOST_MS),
      enableReadyCheck: false,
      disableClientInfo: true,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
    });
    redis.on("error", (error) => this.log.warn({ reason: error.message }, "the cascade does not reach Redis"));
    return redis;
  }

  #tryAgainLater(): void {
    if (this.#closing || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      void this.drain()
        .then(
          () => true,
          () => false,
        )
        .then((isSent) => {
          this.#retry = undefined;
          // Once more: a job that came in between relied on this.
          return isSent ? this.send() : this.#tryAgainLater();
        });
    }, TRY_AGAIN_MS).unref();
  }

  async #drainOrWarn(): Promise<void> {
    try {
      await this.drain();
    } catch (error) {
      this.log.warn({ err: error }, "events wait: the cascade's stream did not take them");
    }
  }

  async #sendAll(): Promise<void> {
    let sent = BATCH;
    while (sent === BATCH && !this.#closing && this.redis?.status === "ready") sent = await this.#sendBatch(this.redis);
  }

  #sendBatch(redis: Redis): Promise<number> {
    return runInTransaction(this.database, async (em) => {
      await sqlOf(this.database, em, "select pg_advisory_xact_lock($1)", [CASCADE_LOCK]);
      // A statement of its own: its snapshot is of after the lock.
      const events = await sqlOf<Waiting>(
        this.database,
        em,
        `with taken as (
           delete from domain_events where id in (select id from domain_events order by id limit $1)
           returning id, topic, type, data, created_at)
         select id, topic, type, data::text as data, cascade_time(created_at) as at from taken order by id`,
        [BATCH],
      );
      if (events.length > 0) await this.#add(redis, events);
      return events.length;
    });
  }

  async #add(redis: Redis, events: readonly Waiting[]): Promise<void> {
    const pipeline = redis.pipeline();
    for (const { id, type, topic, at, data } of events) {
      const told = ["id", id, "type", type, "topic", topic, "version", CASCADE_VERSION, "at", at, "data", data];
      pipeline.xadd(CASCADE_STREAM, "MAXLEN", "~", this.maximumLength, "*", ...told);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }
}

/** Sends what the job's transaction left in the outbox, and what else waits there. */
export const cascade = (ctx: Context): Promise<void> => ctx.services.cascade.send();

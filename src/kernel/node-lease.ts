import { randomUUID } from "node:crypto";

import { Entity, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import type { Logger } from "pino";

import { Context, type Services } from "./context.ts";

declare module "./context.ts" {
  interface Services {
    lease: NodeLease;
  }
}

/** How often a node says that it lives. */
const RENEW_MS = 5_000;
/** A node that was silent for so long is taken for dead. */
export const LAPSES_AFTER_SECONDS = 15;
/** How often what is held by nobody in the list is looked for. */
const STRAYS_EVERY_MS = 60_000;

/** A node that runs, or did so a moment ago. The table is unlogged: whoever runs after a crash says so anew. */
@Entity({ tableName: "nodes" })
export class ServerNode {
  @PrimaryKey({ type: "uuid" })
  id!: string;

  /** By which name it holds the jobs that it has begun. */
  @Property({ type: "text", nullable: true })
  jobPool: string | null = null;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  seenAt: Date = new Date();
}

/** A node that is gone, and by which name it held jobs. */
export interface GoneNode {
  readonly id: string;
  readonly jobPool: string | null;
}

type OnGone = (tx: Context, nodes: readonly GoneNode[]) => Promise<void>;
type ReleaseStrays = (ctx: Context) => Promise<void>;

/**
 * This node's sign of life in the database, and its eye on the others': what a dead node held (jobs, the presence of
 * its connections, calls) is released within {@link LAPSES_AFTER_SECONDS} and a renewal.
 */
export class NodeLease {
  readonly id = randomUUID();
  readonly #onGone: OnGone[] = [];
  readonly #onReturn: (() => void)[] = [];
  readonly #strays: ReleaseStrays[] = [];
  /** By when every node that lives is in the list again, and what others seem to hold is held by nobody. */
  #strayAt = Infinity;
  #entered = false;
  #jobPool: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();
  #context: Context | undefined;

  constructor(private readonly log: Logger) {}

  /** Runs in the transaction that takes dead nodes out of the list, on one of the nodes that live. */
  onGone(release: OnGone): void {
    this.#onGone.push(release);
  }

  /** Runs where this node was taken for dead and is not: what it held was released, and is to be taken anew. */
  onReturn(takeAnew: () => void): void {
    this.#onReturn.push(takeAnew);
  }

  /**
   * Runs now and then, and soon after this node has come: releases what is held by nodes that are not in the list. A crash
   * of PostgreSQL empties it, and who died with it is never taken out.
   */
  onStray(release: ReleaseStrays): void {
    this.#strays.push(release);
  }

  /** Enters the node into the list, and keeps it there. */
  async start(services: Services): Promise<void> {
    const origin = { requestId: `node-${this.id}`, ip: "", userAgent: "" };
    this.#context = new Context(services, origin, this.log, null);
    await this.#enter(this.#context);
    this.#timer = setInterval(() => {
      this.#renewal = this.#renewal.then(() => this.#renew());
    }, RENEW_MS);
  }

  /** The name under which this node holds jobs from now on. */
  async jobsAreTakenBy(jobPool: string): Promise<void> {
    this.#jobPool = jobPool;
    if (this.#context !== undefined) await this.#enter(this.#context);
  }

  /** Takes the node out of the list, and releases what it held. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
    try {
      await this.#context?.transaction((tx) => this.#takeOut(tx, "id = $1", this.id));
    } catch (error) {
      this.log.warn({ err: error }, "the node could not sign off; the others notice in some seconds");
    }
  }

  async #enter(ctx: Context): Promise<void> {
    const [row] = await ctx.sql<{ entered: boolean }>(
      `insert into nodes (id, job_pool, seen_at) values ($1, $2, clock_timestamp())
       on conflict (id) do update set job_pool = excluded.job_pool, seen_at = excluded.seen_at
       returning xmax = 0 as entered`,
      [this.id, this.#jobPool],
    );
    if (row?.entered === true) this.#strayAt = performance.now() + LAPSES_AFTER_SECONDS * 1_000;
    if (this.#entered && row?.entered === true) {
      this.log.warn("the node was taken for dead: it could not say that it lives for some time");
      for (const takeAnew of this.#onReturn) takeAnew();
    }
    this.#entered = true;
  }

  async #renew(): Promise<void> {
    const ctx = this.#context;
    if (ctx === undefined) return;
    try {
      await this.#enter(ctx);
      const overdue = `seen_at < clock_timestamp() - make_interval(secs => $1)`;
      const [dead] = await ctx.sql(`select 1 from nodes where ${overdue} limit 1`, [LAPSES_AFTER_SECONDS]);
      if (dead !== undefined) await ctx.transaction((tx) => this.#takeOut(tx, overdue, LAPSES_AFTER_SECONDS));
      if (performance.now() < this.#strayAt) return;
      for (const release of this.#strays) await release(ctx);
      this.#strayAt = performance.now() + STRAYS_EVERY_MS;
    } catch (error) {
      this.log.warn({ err: error }, "the node could not say that it lives");
    }
  }

  async #takeOut(tx: Context, which: string, parameter: string | number): Promise<void> {
    const gone = await tx.sql<{ id: string; job_pool: string | null }>(
      `delete from nodes where id in (select id from nodes where ${which} for update skip locked) returning id, job_pool`,
      [parameter],
    );
    if (gone.length === 0) return;
    const nodes = gone.map((row) => ({ id: row.id, jobPool: row.job_pool }));
    for (const release of this.#onGone) await release(tx, nodes);
  }
}

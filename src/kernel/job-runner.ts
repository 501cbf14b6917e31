import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import {
  type LogFunctionFactory,
  Logger as WorkerLogger,
  type Runner,
  type WorkerEvents,
  parseCronItems,
  run,
} from "graphile-worker";
import type { Logger } from "pino";

import { Context, type Services } from "./context.ts";
import { JobPool } from "./job-pool.ts";
import type { Recurring } from "./jobs.ts";
import { LAPSES_AFTER_SECONDS, type NodeLease } from "./node-lease.ts";

/** The handlers of jobs by their names: JobHandlers, and what tests do. */
type Handlers = Readonly<Record<string, (ctx: Context, payload: never) => Promise<void>>>;

/** Jobs that a node does at a time. */
const AT_A_TIME = 4;
/** One listens, the others fetch and settle jobs, one for each at the most. What jobs do goes over the server's own pool. */
const CONNECTIONS = AT_A_TIME + 1;
/** How soon it is tried again where the database was away. */
const TRY_AGAIN_MS = 1_000;
/** How long jobs that are under way may take where the node stops; others take up what is not done by then. */
const STOP_WITHIN_MS = 5_000;
/** How long the connections of the jobs may take to be given back after that. */
const LET_GO_WITHIN_MS = 500;

/**
 * Does this node's share of the jobs. Other nodes take up what this one leaves: at once where it stops, and where it
 * is killed as soon as its {@link NodeLease} has lapsed.
 */
export class JobRunner {
  readonly #pool: JobPool;
  readonly #closing = new AbortController();
  #runner: Runner | undefined;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    databaseUrl: string,
    private readonly lease: NodeLease,
    private readonly log: Logger,
  ) {
    this.#pool = new JobPool({ connectionString: databaseUrl, max: CONNECTIONS, keepAlive: true });
    const onError = (error: Error): void => log.warn({ reason: error.message }, "a connection of the jobs broke");
    this.#pool.on("error", onError);
    this.#pool.on("connect", (client) => client.on("error", onError));
    lease.onGone(async (tx, nodes) => {
      const pools = nodes.map(({ jobPool }) => jobPool).filter((jobPool) => jobPool !== null);
      await tx.sql("select graphile_worker.force_unlock_workers($1)", [pools]);
    });
    // Also what a node holds by an earlier name: it takes jobs by another one after its connections broke.
    lease.onStray(async (ctx) => {
      await ctx.sql(
        `select graphile_worker.force_unlock_workers(array(
           select distinct j.locked_by from graphile_worker.jobs j
           where j.locked_at < clock_timestamp() - make_interval(secs => $1)
             and not exists (select 1 from nodes n where n.job_pool = j.locked_by)))`,
        [LAPSES_AFTER_SECONDS],
      );
    });
  }

  /** Begins to take jobs. */
  start(services: Services, handlers: Handlers, recurring: readonly Recurring[]): void {
    this.#running = this.#keepRunning(services, handlers, recurring);
  }

  /** Takes no more jobs, waits a few seconds for those that are under way, and leaves them to others after that. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    // A job that does not end, or a database that is away, would be waited for.
    await Promise.race([this.#stop(), pause(STOP_WITHIN_MS, undefined, { ref: false })]);
    const ended = this.#pool.end();
    await Promise.race([ended, pause(LET_GO_WITHIN_MS, undefined, { ref: false })]);
  }

  async #stop(): Promise<void> {
    await this.#runner?.stop().catch((error: unknown) => this.log.warn({ err: error }, "jobs did not stop in order"));
    await this.#running;
  }

  async #keepRunning(services: Services, handlers: Handlers, recurring: readonly Recurring[]): Promise<void> {
    while (!this.#closing.signal.aborted) {
      let jobPool: string | undefined;
      try {
        const events: WorkerEvents = new EventEmitter();
        events.once("pool:create", ({ workerPool }) => {
          jobPool = workerPool.id;
        });
        const runner = await run({
          events,
          pgPool: this.#pool,
          noHandleSignals: true,
          // A pooler between here and PostgreSQL may hand out another connection the next time.
          noPreparedStatements: true,
          concurrency: AT_A_TIME,
          logger: new WorkerLogger(this.#logger()),
          taskList: this.#tasks(services, handlers),
          parsedCronItems: parseCronItems(
            recurring.map(({ name, at }) => ({ task: name, match: at, identifier: name })),
          ),
        });
        this.#runner = runner;
        if (jobPool !== undefined) await this.lease.jobsAreTakenBy(jobPool);
        if (this.#closing.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.log.warn({ err: error }, "no jobs are done for the moment");
        await pause(TRY_AGAIN_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
      }
    }
  }

  #tasks(services: Services, handlers: Handlers) {
    return Object.fromEntries(
      Object.entries(handlers).map(([name, handle]) => [
        name,
        async (payload: unknown, { job }: { job: { readonly id: string } }) => {
          const requestId = `job-${job.id}`;
          const log = this.log.child({ job: name, requestId });
          await handle(new Context(services, { requestId, ip: "", userAgent: "" }, log, null), payload as never);
        },
      ]),
    );
  }

  /** What the library has to say of a single job is a warning: it is tried again. */
  #logger(): LogFunctionFactory {
    return () => (level, message, meta) => {
      if (level === "error" || level === "warning") this.log.warn({ err: meta?.error }, message);
      else this.log.debug(message);
    };
  }
}

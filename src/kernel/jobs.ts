import type { Context } from "./context.ts";

/**
 * Every kind of job and what it is told (JSON): work that follows a change, and must be done though the process that
 * made the change is killed. Each slice adds its own by declaration merging, and its handler in src/jobs.ts.
 */
export interface Jobs {}

export type JobName = keyof Jobs;

/**
 * How each kind of job is done. A job runs again, later each time, until it does not throw; it may run twice where a
 * node died amid it, and two of one key may run at once. Whatever it does, it does in a transaction, or so that a
 * second time changes nothing.
 */
export type JobHandlers = { readonly [Name in JobName]: (ctx: Context, payload: Jobs[Name]) => Promise<void> };

/** A job that nobody asks for: it is queued by the clock, once for all nodes. */
export interface Recurring {
  readonly name: JobName;
  /** Minute, hour, day, month and weekday in UTC, as cron has them: `0 3 * * *`. */
  readonly at: string;
}

export interface JobOptions {
  /** Of all jobs of one key that wait, the last one counts. One that is running already is not touched. */
  readonly key?: string;
  /** The earliest time; now, where nothing is said. Jobs that are not due at once begin up to two seconds late. */
  readonly at?: Date;
  /** How often it is tried, at the most; 25 where nothing is said, which takes three days. */
  readonly attempts?: number;
}

/** Queues a job, in the transaction that is under way: it is done if that is committed, and only then. */
export async function queueJob<Name extends JobName>(
  tx: Context,
  name: Name,
  payload: Jobs[Name],
  { key, at, attempts }: JobOptions = {},
): Promise<void> {
  const add = () =>
    tx.sql(
      `select 1 from graphile_worker.add_job($1, $2::json, run_at => $3::timestamptz, job_key => $4, max_attempts => $5::int) job
       where job.id is not null`,
      [name, JSON.stringify(payload), at ?? null, key ?? null, attempts ?? null],
    );
  // Where the job that waits under the key is begun at this very moment none is added: the next try finds it begun.
  while ((await add()).length === 0);
}

/** Takes the job that waits under a key back; one that is running already is not touched. */
export async function cancelJob(tx: Context, key: string): Promise<void> {
  await tx.sql("select 1 from graphile_worker.remove_job($1)", [key]);
}

import { setTimeout as pause } from "node:timers/promises";

import { Pool, type PoolClient } from "pg";

import { isDatabaseError } from "./database.ts";

/** How soon a connection is asked for again where none is to be had. */
const TRY_AGAIN_MS = 1_000;
/** What graphile-worker tries again at once, and for long: the code of a serialization failure. */
const TRIED_AGAIN = "40001";
/** What says nothing of the statement: a connection that broke, resources, a server that stops (PostgreSQL, appendix A). */
const PASSING = /^(08|53|57)...$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * The connections over which jobs are fetched and settled. graphile-worker settles a job and does not wait for it: where
 * that fails, nobody is there to hear of it, and the process would end. So a connection is waited for however long it
 * takes, and a statement whose connection broke is one that graphile-worker tries again; both may be done twice.
 */
export class JobPool extends Pool {
  override connect(): Promise<PoolClient>;
  override connect(...callback: Parameters<Pool["connect"]>): void;
  override connect(...callback: Parameters<Pool["connect"]> | []): Promise<PoolClient> | void {
    return callback.length === 0 ? this.#patiently() : super.connect(...callback);
  }

  async #patiently(): Promise<PoolClient> {
    for (;;) {
      // Whoever comes after the end is left behind: the job belongs to another node by now.
      if (this.ending) await new Promise<never>(() => undefined);
      try {
        return triesAgain(await super.connect());
      } catch {
        await pause(TRY_AGAIN_MS, undefined, { ref: false });
      }
    }
  }
}

const prepared = new WeakSet<PoolClient>();

function triesAgain(client: PoolClient): PoolClient {
  if (prepared.has(client)) return client;
  prepared.add(client);
  const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
  client.query = ((...asked: unknown[]) => {
    const answer = query(...asked);
    return answer instanceof Promise ? answer.catch(fail) : answer;
  }) as typeof client.query;
  return client;
}

function fail(error: unknown): never {
  const isOfStatement = isDatabaseError(error) && SQLSTATE.test(error.code) && !PASSING.test(error.code);
  if (isOfStatement) throw error;
  throw Object.assign(new Error("The connection of the jobs broke.", { cause: error }), { code: TRIED_AGAIN });
}

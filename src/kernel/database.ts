import { type EntityManager, IsolationLevel } from "@mikro-orm/postgresql";
import { CompiledQuery, type Kysely } from "kysely";
import type { Pool } from "pg";

/** The one database: the entity manager to fork from, and the pool below it for the statements of the hot paths. */
export interface Database {
  readonly em: EntityManager;
  readonly pool: Pool;
  /** Random, made with the database and anew when it is restored from a backup; every cursor carries it. */
  readonly epoch: string;
}

/** A row as node-postgres hands it out: bigint and time columns are strings. */
export type Row = Record<string, unknown>;
export type SqlParameter = string | number | boolean | null | Buffer | Date | readonly (string | number | null)[];

/** Runs a statement on the transaction that `em` is in, else on any connection of the pool. */
export async function sqlOf<R extends Row>(
  database: Database,
  em: EntityManager | undefined,
  text: string,
  parameters: readonly SqlParameter[],
): Promise<R[]> {
  const transaction = em?.getTransactionContext<Kysely<unknown>>();
  if (transaction === undefined) {
    const answer = await database.pool.query<R>(text, parameters as unknown[]);
    return answer.rows;
  }
  const answer = await transaction.executeQuery<R>(CompiledQuery.raw(text, [...parameters]));
  return answer.rows;
}

const DEADLOCK_DETECTED = "40P01";

/** Commits what `work` did, or nothing of it. A transaction that PostgreSQL ended to break a deadlock runs once more. */
export async function runInTransaction<T>(database: Database, work: (em: EntityManager) => Promise<T>): Promise<T> {
  try {
    return await database.em.fork().transactional(work);
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== DEADLOCK_DETECTED) throw error;
    return database.em.fork().transactional(work);
  }
}

/** Runs reads that all see the database as it is at the first of them. */
export function runInSnapshot<T>(database: Database, reads: (em: EntityManager) => Promise<T>): Promise<T> {
  const options = { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true };
  return database.em.fork().transactional(reads, options);
}

/** Whether PostgreSQL, or the driver, refused; `code` is the SQLSTATE and `constraint` the constraint that was broken. */
export function isDatabaseError(error: unknown): error is Error & { code: string; constraint?: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

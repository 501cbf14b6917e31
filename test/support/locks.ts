import type { Client } from "pg";
import { expect } from "vitest";

/** Waits until so many statements on the database wait for a lock. The observer may be in a transaction. */
export async function blocked(observer: Client, count: number): Promise<void> {
  const waiting = async (): Promise<number> => {
    // Within a transaction PostgreSQL would go on showing what it showed first.
    await observer.query("select pg_stat_clear_snapshot()");
    const { rows } = await observer.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.waiting ?? 0;
  };
  await expect.poll(waiting, { timeout: 10_000 }).toBe(count);
}

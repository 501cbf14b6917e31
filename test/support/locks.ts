import type { ClientBase } from "pg";
import { vi } from "vitest";

/** Waits until so many statements on the database, or more, wait for a lock. The observer may be in a transaction. */
export async function blocked(observer: ClientBase, count: number): Promise<void> {
  const look = async (): Promise<void> => {
    // Within a transaction PostgreSQL would go on showing what it showed first.
    await observer.query("select pg_stat_clear_snapshot()");
    const { rows } = await observer.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    const { waiting = 0 } = rows[0] ?? {};
    if (waiting < count) throw new Error(`${waiting} statements wait, and not ${count}.`);
  };
  await vi.waitFor(look, { timeout: 10_000 });
}

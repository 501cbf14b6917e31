import { vi } from "vitest";

import type { TestServer } from "./server.ts";

type Server = Pick<TestServer, "services">;

const WAITING = "select task_id from graphile_worker._private_jobs where attempts < max_attempts and run_at <= now()";

/** Waits until no job is due or under way: whatever follows what was done so far has been done. */
export async function jobsDone({ services }: Server): Promise<void> {
  const look = async (): Promise<void> => {
    const { rows } = await services.database.pool.query<{ task_id: number }>(`${WAITING} limit 1`);
    if (rows[0] !== undefined) throw new Error(`A job of task ${rows[0].task_id} waits.`);
  };
  await vi.waitFor(look, { timeout: 20_000, interval: 20 });
}
/** Makes the jobs of one name that are to be done later due at once, and waits for them. */
export async function comeTime(server: Server, name: string): Promise<void> {
  await server.services.database.pool.query(
    `update graphile_worker._private_jobs set run_at = now()
     where task_id = (select id from graphile_worker._private_tasks where identifier = $1)`,
    [name],
  );
  await jobsDone(server);
}

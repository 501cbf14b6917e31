import type { PoolClient } from "pg";

import type { TestServer } from "../../support/server.ts";

/** Counts the statements that a server sends to PostgreSQL, begin and commit included. */
export function countStatements(server: TestServer): () => number {
  const { pool } = server.services.database;
  const counted = new WeakSet<PoolClient>();
  let statements = 0;
  pool.on("acquire", (client) => {
    if (counted.has(client)) return;
    counted.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        statements += 1;
        return query(...args);
      },
    });
  });
  return () => statements;
}

/** How many statements something took. */
export async function statementsOf(count: () => number, work: () => Promise<unknown>): Promise<number> {
  const before = count();
  await work();
  return count() - before;
}

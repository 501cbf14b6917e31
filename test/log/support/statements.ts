import type { PoolClient } from "pg";

import { jobsDone } from "../../support/jobs.ts";
import type { TestServer } from "../../support/server.ts";

/** By what the transaction of the job is known that tells members of what was said. */
const JOB = "notify_members";

/**
 * Counts the statements that a server sends to PostgreSQL, begin and commit included; those of a transaction when it
 * ends. Whoever is told of what was said is told by a job, which may be done at the same time and is not counted.
 */
export function countStatements(server: TestServer): () => number {
  const { pool } = server.services.database;
  const counted = new WeakSet<PoolClient>();
  let statements = 0;
  pool.on("acquire", (client) => {
    if (counted.has(client)) return;
    counted.add(client);
    let transaction: string[] | undefined;
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const text = textOf(args[0]);
        if (/^(begin|start transaction)/i.test(text)) transaction = [];
        if (transaction === undefined) {
          statements += 1;
        } else {
          transaction.push(text);
          if (/^(commit|rollback)$/i.test(text)) {
            if (!transaction.some((one) => one.includes(JOB))) statements += transaction.length;
            transaction = undefined;
          }
        }
        return query(...args);
      },
    });
  });
  return () => statements;
}

const textOf = (query: unknown): string =>
  typeof query === "object" && query !== null && "text" in query ? String(query.text) : String(query);

/** How many statements something took. */
export async function statementsOf(count: () => number, work: () => Promise<unknown>): Promise<number> {
  const before = count();
  await work();
  return count() - before;
}

/** The fewest statements of a few tries: what jobs do meanwhile is not what is counted, nor what is remembered after. */
export async function fewestStatements(
  server: TestServer,
  count: () => number,
  work: () => Promise<unknown>,
): Promise<number> {
  await work();
  await jobsDone(server);
  const counts: number[] = [];
  for (let tries = 0; tries < 4; tries += 1) counts.push(await statementsOf(count, work));
  return Math.min(...counts);
}

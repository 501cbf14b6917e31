import type { Pool, PoolClient } from "pg";

import type { TestServer } from "./server.ts";

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Of each pool, the statements that are written down at present; null where none are. */
const listening = new WeakMap<Pool, { into: Statement[] | null }>();

/**
 * How PostgreSQL carries out the queries that something takes: EXPLAIN of each, with the same parameters.
 *
 * @param options of EXPLAIN: `(analyze)` carries them out once more
 */
export async function planOf({ services }: TestServer, work: () => Promise<unknown>, options = ""): Promise<string> {
  const { pool } = services.database;
  const ear = earOf(pool);
  const heard: Statement[] = [];
  ear.into = heard;
  await work();
  ear.into = null;
  const plans: string[] = [];
  for (const { text, values } of heard) {
    if (!/^\s*(select|with)\b/i.test(text)) continue;
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`explain ${options} ${text}`, values);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
  }
  return plans.join("\n\n");
}

function earOf(pool: Pool): { into: Statement[] | null } {
  const known = listening.get(pool);
  if (known !== undefined) return known;
  const ear: { into: Statement[] | null } = { into: null };
  listening.set(pool, ear);
  const tapped = new WeakSet<PoolClient>();
  pool.on("acquire", (client) => {
    if (tapped.has(client)) return;
    tapped.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [asked, values] = args as [string | Statement, unknown[] | undefined];
        const text = typeof asked === "string" ? asked : asked.text;
        ear.into?.push({ text, values: typeof asked === "string" && Array.isArray(values) ? values : [] });
        return query(...args);
      },
    });
  });
  return ear;
}

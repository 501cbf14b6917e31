import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "pg";
import { pino } from "pino";

import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import type { Options, Plan } from "./options.ts";
import { endProcesses } from "./process.ts";
import { type Server, startServer } from "./server.ts";

/** What every row works with. */
export interface Bench {
  readonly plan: Plan;
  /** A connection string of the private PostgreSQL, fsync on. */
  readonly databaseUrl: string;
  readonly database: Client;
  /** The product. */
  readonly server: Server;
  /** One more of it on the same database, with nothing in its memory yet. */
  readonly freshServer: (stack: AsyncDisposableStack) => Promise<Server>;
}

/** Starts PostgreSQL and the product, in a directory of their own; everything is gone with `stack`. */
export async function openBench({ plan }: Options, stack: AsyncDisposableStack): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), "parlance-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  // PostgreSQL, which does not run as root, has to pass through.
  await chmod(directory, 0o711);
  const dataDir = join(directory, "data");
  const postgres = await startEmbeddedPostgres({ dataDir, log: pino({ level: "warn" }, process.stderr) });
  stack.defer(() => postgres.stop());
  const place = { databaseUrl: postgres.url, dataDir };
  const server = await startServer(place, stack);
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  stack.defer(() => database.end());
  stack.defer(endProcesses);
  return { plan, databaseUrl: postgres.url, database, server, freshServer: (its) => startServer(place, its) };
}

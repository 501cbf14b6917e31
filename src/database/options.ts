import { fileURLToPath } from "node:url";

import { ReflectMetadataProvider } from "@mikro-orm/decorators/legacy";
import { Migrator } from "@mikro-orm/migrations";
import { type Options, defineConfig } from "@mikro-orm/postgresql";
import "reflect-metadata";

import { entities } from "./entities.ts";
import { PooledClient } from "./pooled-client.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

/** Statements that run longer than this are ended by PostgreSQL: nothing a request does takes so long. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** A transaction in which nothing was asked for so long is ended: its node hangs, and others wait for what it has locked. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;

/**
 * How the ORM is set up.
 *
 * @param url a PostgreSQL connection string
 * @param pool connections at the most
 * @param patient for migrations: a statement on a large table may take as long as it takes
 */
export function databaseOptions(url: string, pool: number, patient = false): Options {
  return defineConfig({
    clientUrl: url,
    entities,
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    pool: { min: 0, max: pool },
    forceUtcTimezone: true,
    allowGlobalContext: false,
    driverOptions: {
      // clientUrl alone loses what stands behind its question mark: sslmode, application_name.
      connectionString: url,
      statement_timeout: patient ? undefined : STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      Client: PooledClient,
    },
    // The jobs' tables are graphile-worker's own affair.
    schemaGenerator: { ignoreSchema: ["graphile_worker"] },
    // Both name one folder: Node strips the types of migrations wherever it runs them.
    migrations: { path: MIGRATIONS, pathTs: MIGRATIONS, snapshot: false, silent: true },
  });
}

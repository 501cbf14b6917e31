import { fileURLToPath } from "node:url";

import { ReflectMetadataProvider } from "@mikro-orm/decorators/legacy";
import { Migrator } from "@mikro-orm/migrations";
import { type Options, defineConfig } from "@mikro-orm/postgresql";
import "reflect-metadata";

import { entities } from "./entities.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

/** Statements that run longer than this are ended by PostgreSQL: nothing a request does takes so long. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * How the ORM is set up.
 *
 * @param url a PostgreSQL connection string
 * @param pool connections at the most
 */
export function databaseOptions(url: string, pool: number): Options {
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
      statement_timeout: STATEMENT_TIMEOUT_MS,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    },
    // The jobs' tables are graphile-worker's own affair.
    schemaGenerator: { ignoreSchema: ["graphile_worker"] },
    // Both name one folder: Node strips the types of migrations wherever it runs them.
    migrations: { path: MIGRATIONS, pathTs: MIGRATIONS, snapshot: false, silent: true },
  });
}

import { MikroORM } from "@mikro-orm/postgresql";
import { runMigrations } from "graphile-worker";
import { Client } from "pg";

import { databaseOptions } from "./options.ts";

/** Any number that nothing else on the database locks: the ASCII codes of "parl". */
const MIGRATION_LOCK = 0x7061726c;

/**
 * Brings the database to the newest schema. Of several nodes that start together one migrates and the others wait: the
 * advisory lock belongs to a transaction, so that a pooler between here and PostgreSQL does not matter.
 *
 * @param url a PostgreSQL connection string
 */
export async function migrate(url: string): Promise<void> {
  const lock = new Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query("begin");
    await lock.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    const orm = new MikroORM(databaseOptions(url, 2, true));
    try {
      await runMigrations({ connectionString: url });
      await orm.migrator.up();
    } finally {
      await orm.close();
    }
    await lock.query("commit");
  } finally {
    await lock.end();
  }
}

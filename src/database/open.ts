import { MikroORM } from "@mikro-orm/postgresql";

import type { Database } from "../kernel/database.ts";
import { migrate } from "./migrate.ts";
import { databaseOptions } from "./options.ts";
import { ServerState } from "./server-state.ts";

/** The database, and the way to let go of it. */
export interface OpenDatabase extends Database {
  close(): Promise<void>;
}

/**
 * Migrates and connects.
 *
 * @param url a PostgreSQL connection string
 * @param pool connections at the most
 */
export async function openDatabase(url: string, pool: number): Promise<OpenDatabase> {
  await migrate(url);
  const orm = new MikroORM(databaseOptions(url, pool));
  const connection = orm.em.getConnection();
  const state = await orm.em.fork().findOneOrFail(ServerState, { id: 1 });
  return {
    em: orm.em,
    pool: await connection.getNativeClient(),
    epoch: state.epoch,
    close: () => orm.close(),
  };
}

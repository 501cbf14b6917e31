import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { migrate } from "../../src/database/migrate.ts";

export interface FreshDatabase {
  readonly url: string;
  /** Ends whatever is still connected. */
  drop(): Promise<void>;
}

const TEMPLATE = "parlance_template";

/** A database of one's own, migrated and empty, in the PostgreSQL of the test run. */
export const freshDatabase = (): Promise<FreshDatabase> => databaseFrom(TEMPLATE);

/** A database of one's own in which there is nothing yet, no table either. */
export const bareDatabase = (): Promise<FreshDatabase> => databaseFrom("template0");

async function databaseFrom(template: string): Promise<FreshDatabase> {
  const server = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: inDatabase(server, name),
    drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** Makes what `freshDatabase` copies: migrations run once a test run, not once a test. */
export async function createTemplate(server: string): Promise<void> {
  await run(server, `CREATE DATABASE ${TEMPLATE}`);
  await migrate(inDatabase(server, TEMPLATE));
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function run(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

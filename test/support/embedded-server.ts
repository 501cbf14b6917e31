// A server process on an embedded PostgreSQL, for tests that kill it: writes a row, prints the row's number, without end.
import { pino } from "pino";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("Which data directory?");
const postgres = await startEmbeddedPostgres({ dataDir, log: pino({ level: "silent" }) });
const client = new Client({ connectionString: postgres.url });
await client.connect();
await client.query("CREATE TABLE IF NOT EXISTS written (id serial PRIMARY KEY)");
for (;;) {
  const { rows } = await client.query<{ id: number }>("INSERT INTO written DEFAULT VALUES RETURNING id");
  console.log(String(rows[0]?.id));
}

import { freshDatabase } from "../../support/postgres.ts";
import { type TestServer, startNode } from "../../support/server.ts";

/** Two servers on one database. */
export interface TwoNodes extends AsyncDisposable {
  readonly here: TestServer;
  readonly there: TestServer;
  readonly databaseUrl: string;
}

/** Starts them, on one Redis or on none. */
export async function startTwoNodes(redisUrl?: string): Promise<TwoNodes> {
  const database = await freshDatabase();
  const here = await startNode(database.url, redisUrl);
  const there = await startNode(database.url, redisUrl);
  return {
    here,
    there,
    databaseUrl: database.url,
    async [Symbol.asyncDispose]() {
      await Promise.all([here.stop(), there.stop()]);
      await database.drop();
    },
  };
}

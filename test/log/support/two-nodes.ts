import { freshDatabase } from "../../support/postgres.ts";
import { type TestRedis, startRedis } from "../../support/redis.ts";
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

/** Two servers on one database and one Redis, which ends with them. */
export interface NodesOnRedis extends TwoNodes {
  readonly redis: TestRedis;
}

/** For `describeWithRedis`. */
export async function startNodesOnRedis(): Promise<NodesOnRedis> {
  const redis = await startRedis();
  const nodes = await startTwoNodes(redis.url);
  return {
    ...nodes,
    redis,
    async [Symbol.asyncDispose]() {
      await nodes[Symbol.asyncDispose]();
      await redis.stop();
    },
  };
}

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Context } from "../../src/kernel/context.ts";
import { contextOf } from "../support/context.ts";
import { person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

const POOL = 3;

let server: TestServer;
let ctx: Context;
beforeAll(async () => {
  server = await startServer({ databasePool: POOL });
  ctx = await contextOf(server, await person(server, "ann"));
});
afterAll(() => server.stop());

const END = "select pg_terminate_backend(pg_backend_pid())";

/** The connections that somebody has, or waits for. */
const taken = ({ totalCount, idleCount, waitingCount } = server.services.database.pool): number =>
  totalCount - idleCount + waitingCount;

test("a connection that breaks within a transaction is replaced, however often", async () => {
  for (let n = 0; n < 2 * POOL; n += 1) {
    await expect(ctx.transaction((tx) => tx.sql(END))).rejects.toThrow("terminat");
  }
  expect(await ctx.transaction((tx) => tx.sql("select 1 as one"))).toEqual([{ one: 1 }]);
  await expect.poll(() => taken()).toBe(0);
});

test("a connection that breaks as a transaction is written is replaced", async () => {
  const { pool } = server.services.database;
  for (let n = 0; n < 2 * POOL; n += 1) {
    const broken = ctx.transaction(async (tx) => {
      const [row] = await tx.sql<{ pid: number }>("select pg_backend_pid() as pid");
      await pool.query("select pg_terminate_backend($1, 1000)", [row?.pid]);
    });
    await expect(broken).rejects.toThrow(/./);
  }
  expect(await ctx.transaction((tx) => tx.sql("select 1 as one"))).toEqual([{ one: 1 }]);
  await expect.poll(() => taken()).toBe(0);
});

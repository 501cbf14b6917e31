import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { direct } from "../log/support/friends.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { people, signal, start } from "../support/calls.ts";
import { freshDatabase } from "../support/postgres.ts";
import { startNode } from "../support/server.ts";

test(
  "what a node held that died together with PostgreSQL is taken up: its jobs are done, its callers are missed",
  { timeout: 90_000 },
  async () => {
    const database = await freshDatabase();
    const before = await startNode(database.url, undefined);
    const [ada, bea] = await people(before, "ada", "bea");
    const call = await start(ada, await direct(ada, bea));
    await signal(bea, call.id, "ACCEPT");
    await before.stop();

    const after = await startNode(database.url, undefined);
    const { pool } = after.services.database;
    // The list of nodes was emptied by the crash; what else they wrote has stayed.
    const callId = rowId("call", call.id, "callId");
    await pool.query("update call_parties set node_id = $1, lost_at = null where call_id = $2", [randomUUID(), callId]);
    await pool.query(`insert into graphile_worker._private_jobs (task_id, payload, locked_at, locked_by)
      select id, '{"fileId": 1}', now() - interval '20 seconds', 'pool-of-nobody'
      from graphile_worker._private_tasks where identifier = 'sweepFile'`);
    const held = async (): Promise<unknown> => {
      const { rows } = await pool.query(
        `select (select count(*)::int from graphile_worker.jobs where locked_by = 'pool-of-nobody') as jobs,
           (select count(*)::int from call_parties where call_id = $1 and state = 'JOINED' and lost_at is null) as callers`,
        [callId],
      );
      return rows[0];
    };
    expect(await held()).toEqual({ jobs: 1, callers: 2 });
    await expect.poll(held, { timeout: 40_000, interval: 500 }).toEqual({ jobs: 0, callers: 0 });
    await after.stop();
    await database.drop();
  },
);

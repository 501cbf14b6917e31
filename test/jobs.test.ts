import { randomUUID } from "node:crypto";

import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Context, type Services } from "../src/kernel/context.ts";
import { JobRunner } from "../src/kernel/job-runner.ts";
import { cancelJob, queueJob } from "../src/kernel/jobs.ts";
import { NodeLease } from "../src/kernel/node-lease.ts";
import { endBlocked, meddler } from "./log/support/database.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { blocked } from "./support/locks.ts";
import { startNode, type TestServer } from "./support/server.ts";

type Told = { readonly word: string };

/** A kind of job that the server does not know. */
const queueTest = queueJob as (
  tx: Context,
  name: string,
  payload: Told,
  options?: { key: string; at: Date },
) => Promise<void>;

const log = pino({ level: "silent" });
let database: FreshDatabase;
/** Whose jobs are the server's own: it knows nothing of those of this test. */
let server: TestServer;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startNode(database.url, undefined);
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** A node that does nothing but the jobs of this test. */
async function worker(handle: (ctx: Context, told: Told) => Promise<void>) {
  const lease = new NodeLease(log);
  const jobs = new JobRunner(database.url, lease, log);
  const services: Services = { ...server.services, lease };
  await lease.start(services);
  jobs.start(services, { tests: handle }, []);
  return {
    lease,
    async stop() {
      await jobs.close();
      await lease.close();
    },
  };
}

const context = () => new Context(server.services, { requestId: "test", ip: "", userAgent: "" }, log, null);

test("a job is done once its transaction is committed, and not at all where it is not", async () => {
  const heard: string[] = [];
  const node = await worker(async (_, { word }) => void heard.push(word));
  const given = context().transaction(async (tx) => {
    await queueTest(tx, "tests", { word: "never" });
    throw new Error("thought better of it");
  });
  await expect(given).rejects.toThrow("thought better of it");
  await context().transaction((tx) => queueTest(tx, "tests", { word: "done" }));
  await jobsDone(server);
  await node.stop();
  expect(heard).toEqual(["done"]);
});

test("a job is added also where the one that waits under its key is begun at that very moment", async () => {
  const at = new Date(Date.now() + 3_600_000);
  await queueTest(context(), "tests", { word: "begun" }, { key: "same moment", at });
  await using other = await meddler(database.url);
  await other.client.query("begin");
  await other.client.query("update graphile_worker._private_jobs set locked_at = now() where key = 'same moment'");
  const added = queueTest(context(), "tests", { word: "added" }, { key: "same moment", at });
  await blocked(other.client, 1);
  await other.commit();
  await added;
  const { rows } = await other.client.query(
    "delete from graphile_worker._private_jobs where payload ->> 'word' in ('begun', 'added') returning payload ->> 'word' as word, locked_at is null as waits",
  );
  expect(rows.toSorted((a, b) => String(a.word).localeCompare(String(b.word)))).toEqual([
    { word: "added", waits: true },
    { word: "begun", waits: false },
  ]);
});

test("of the jobs of one key that wait the last one is done, and one that was taken back is not", async () => {
  const heard: string[] = [];
  const node = await worker(async (_, { word }) => void heard.push(word));
  const at = new Date(Date.now() + 3_600_000);
  for (const word of ["first", "second"]) await queueTest(context(), "tests", { word }, { key: "one", at });
  await queueTest(context(), "tests", { word: "taken back" }, { key: "other", at });
  await cancelJob(context(), "other");
  await comeTime(server, "tests");
  await node.stop();
  expect(heard).toEqual(["second"]);
});

test("a job that fails is tried again", async () => {
  let tries = 0;
  const node = await worker(async () => {
    tries += 1;
    if (tries === 1) throw new Error("not this time");
  });
  await queueTest(context(), "tests", { word: "again" });
  await expect.poll(() => tries).toBe(1);
  await expect
    .poll(
      async () =>
        (await context().sql("select 1 from graphile_worker._private_jobs where last_error is not null")).length,
    )
    .toBe(1);
  await comeTime(server, "tests");
  await node.stop();
  expect(tries).toBe(2);
});

test("a job that is done while the connections break is done, and the node goes on", async () => {
  const heard: string[] = [];
  const [begun, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const node = await worker(async (_, { word }) => {
    heard.push(word);
    begun.resolve();
    await done.promise;
  });
  await using holding = await meddler(database.url);
  await using watching = await meddler(database.url);
  await queueTest(context(), "tests", { word: "once" });
  await begun.promise;
  await holding.client.query("begin");
  await holding.client.query("select 1 from graphile_worker._private_jobs for update");
  done.resolve();
  for (let cuts = 0; cuts < 3; cuts += 1) {
    await blocked(watching.client, 1);
    expect(await endBlocked(watching.client)).toBe(1);
  }
  await holding.commit();
  const left = () => context().sql("select 1 from graphile_worker.jobs where task_identifier = 'tests'");
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  await queueTest(context(), "tests", { word: "and on" });
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(["once", "and on"]);
  await node.stop();
});

test("a node stops though a job does not end, and another one does it", async () => {
  const begun = Promise.withResolvers<void>();
  const node = await worker(async () => {
    begun.resolve();
    await new Promise<never>(() => undefined);
  });
  await queueTest(context(), "tests", { word: "without end" });
  await begun.promise;
  await node.stop();
  const heard: string[] = [];
  const other = await worker(async (_, { word }) => void heard.push(word));
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(["without end"]);
  await other.stop();
});

test("what a dead node had begun is done by another one", async () => {
  await queueTest(context(), "tests", { word: "left behind" });
  const [pool, dead] = [`pool-${randomUUID()}`, randomUUID()];
  await context().sql("update graphile_worker._private_jobs set locked_at = now(), locked_by = $1", [pool]);
  await context().sql("insert into nodes (id, job_pool, seen_at) values ($1, $2, now() - interval '16 seconds')", [
    dead,
    pool,
  ]);
  const heard: string[] = [];
  const node = await worker(async (_, { word }) => void heard.push(word));
  await jobsDone(server);
  await node.stop();
  expect(heard).toEqual(["left behind"]);
  expect(await context().sql("select id from nodes")).toEqual([{ id: server.services.lease.id }]);
});

test("a node that was taken for dead by mistake takes what it held anew", async () => {
  const node = await worker(async () => {});
  let returns = 0;
  node.lease.onReturn(() => void (returns += 1));
  await context().sql("delete from nodes where id = $1", [node.lease.id]);
  await expect.poll(() => returns, { timeout: 15_000 }).toBe(1);
  await node.stop();
});

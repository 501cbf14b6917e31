import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { direct } from "./log/support/friends.ts";
import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import {
  type CallEar,
  forgive,
  group,
  hangUpAll,
  listensForCalls,
  look,
  parties,
  people,
  ringOut,
  signal,
  start,
  trySignal,
  tryStart,
} from "./support/calls.ts";
import type { GraphqlAnswer } from "./support/graphql-client.ts";
import { comeTime } from "./support/jobs.ts";
import { blocked } from "./support/locks.ts";
import { describeWithRedis } from "./support/redis.ts";
import { startServerProcess } from "./support/server-process.ts";
import { startServer, type TestServer } from "./support/server.ts";

afterEach(hangUpAll);

/** What the database holds of parties whose connection is gone. */
async function lost({ services }: TestServer, callId: string): Promise<number> {
  const { rows } = await services.database.pool.query(
    "select 1 from call_parties where call_id = $1 and state = 'JOINED' and lost_at is not null",
    [rowId("call", callId, "callId")],
  );
  return rows.length;
}

/** How long each party that is lost is waited for, in seconds, as the jobs have it. */
async function patience({ services }: TestServer): Promise<number[]> {
  const { rows } = await services.database.pool.query<{ seconds: number }>(
    `select round(extract(epoch from j.run_at - p.lost_at))::int as seconds
     from graphile_worker.jobs j, call_parties p where j.task_identifier = 'callPartyLost' and p.lost_at is not null`,
  );
  return rows.map(({ seconds }) => seconds);
}

const codeOf = ({ errors }: GraphqlAnswer): string => errors?.[0]?.extensions.code ?? "done";

/** By what became of the call, what both of its parties were answered and heard. */
const FATES: Record<string, unknown> = {
  ACTIVE: {
    accepted: "done",
    cancelled: "CONFLICT",
    heard: ["RINGING ACCEPTED ENDED", "RINGING ACCEPTED ENDED"],
  },
  "ENDED CANCELLED": { accepted: "CONFLICT", cancelled: "done", heard: ["RINGING ENDED", "RINGING ENDED"] },
  "ENDED MISSED": { accepted: "CONFLICT", cancelled: "done", heard: ["RINGING ENDED", "RINGING ENDED"] },
};

describeWithRedis("on two nodes", () => {
  let nodes: NodesOnRedis;
  let here: TestServer;
  let there: TestServer;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
    ({ here, there } = nodes);
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test("a call rings, is answered, carries signals and ends across them, and an outsider hears nothing", async () => {
    const [ada, bea, eve] = await people(here, "ada", "bea", "eve");
    const conversation = await direct(ada, bea);
    const hears = [
      await listensForCalls(here, ada),
      await listensForCalls(there, bea),
      await listensForCalls(there, eve),
      await listensForCalls(here, bea, "second"),
    ] as [CallEar, CallEar, CallEar, CallEar];
    const [adaHears, beaHears, eveHears, second] = hears;
    const call = await start(ada, conversation);
    await Promise.all([beaHears.hears("RINGING ada"), second.hears("RINGING ada")]);
    const beaThere = bea.at(there);
    await signal(beaThere, call.id, "ACCEPT");
    await Promise.all([adaHears.hears("ACCEPTED bea"), second.hears("ANSWERED_ELSEWHERE bea")]);
    await signal(ada, call.id, "OFFER", { sdp: "to there" });
    await beaHears.hears("OFFER ada");
    await signal(beaThere, call.id, "ANSWER", { sdp: "to here" });
    await adaHears.hears("ANSWER bea");
    await signal(beaThere, call.id, "HANG_UP");
    await Promise.all([adaHears.hears("ENDED bea HUNG_UP"), second.hears("ENDED bea HUNG_UP")]);
    expect(second.story()).toEqual(["RINGING ada", "ANSWERED_ELSEWHERE bea", "ENDED bea HUNG_UP"]);
    expect(eveHears.story()).toEqual([]);
  });

  test("of an answer, a cancellation and the end of the ringing that come at once one comes first, twenty times", async () => {
    const [ada, bea] = await people(here, "ada", "bea");
    const conversation = await direct(ada, bea);
    const [adaHears, beaHears] = [await listensForCalls(here, ada), await listensForCalls(there, bea)];
    const outcomes = new Set<string>();
    const lock = await here.services.database.pool.connect();
    for (let round = 0; round < 20; round += 1) {
      await forgive(here);
      const call = await start(ada, conversation);
      const callId = rowId("call", call.id, "id");
      const race: (() => Promise<unknown>)[] = [
        () => trySignal(bea.at(there), call.id, "ACCEPT"),
        () => trySignal(ada, call.id, "CANCEL"),
        () => ringOut(there, call.id),
      ];
      // Each of them is the first at times: it waits for the conversation's lock before the others come.
      const results = new Map<number, unknown>();
      const run = async (which: number): Promise<void> => {
        results.set(which, await (race[which] as () => Promise<unknown>)());
      };
      await lock.query("begin");
      await lock.query("select 1 from conversations where id = $1 for update", [
        rowId("conversation", conversation, "id"),
      ]);
      const first = run(round % 3);
      await blocked(lock, 1);
      const others = [run((round + 1) % 3), run((round + 2) % 3)];
      await lock.query("commit");
      await Promise.all([first, ...others]);
      const [accepted, cancelled] = [results.get(0), results.get(1)] as [GraphqlAnswer, GraphqlAnswer];
      const { state, endReason } = await look(ada, call.id);
      const outcome = [state, endReason].filter((part) => part !== null).join(" ");
      outcomes.add(outcome);
      await trySignal(ada, call.id, "HANG_UP");
      const ofCall = ({ heard }: CallEar): string[] =>
        heard.filter(({ callId: of }) => of === call.id).map(({ kind }) => kind);
      const ears = [adaHears, beaHears];
      await Promise.all(ears.map((ear) => ear.until(() => ofCall(ear).includes("ENDED"))));
      expect({
        accepted: codeOf(accepted),
        cancelled: codeOf(cancelled),
        heard: ears.map((ear) => ofCall(ear).join(" ")),
      }).toEqual(FATES[outcome]);
      const { rows } = await here.services.database.pool.query(
        "select 1 from messages where system -> 'call' ->> 'callId' = $1",
        [String(callId)],
      );
      expect(rows).toHaveLength(1);
    }
    lock.release();
    expect(outcomes.size).toBeGreaterThan(1);
  });

  test("two who call each other at once from two nodes are in one call, twenty times", async () => {
    const [ada, bea] = await people(here, "ada", "bea");
    const conversation = await direct(ada, bea);
    for (let round = 0; round < 20; round += 1) {
      await forgive(here);
      const [one, other] = await Promise.all([start(ada, conversation), start(bea.at(there), conversation)]);
      expect(one.id).toBe(other.id);
      expect(parties(await look(ada, one.id))).toBe("ada JOINED, bea JOINED");
      await signal(ada, one.id, "HANG_UP");
    }
  });

  test("who is cut off comes back at another node, and the call goes on", async () => {
    const [ada, bea] = await people(here, "ada", "bea");
    await listensForCalls(here, ada);
    const before = await listensForCalls(here, bea);
    const call = await start(ada, await direct(ada, bea));
    await signal(bea, call.id, "ACCEPT");
    expect(await lost(here, call.id)).toBe(0);
    before.disconnect();
    await expect.poll(() => lost(here, call.id), { timeout: 10_000 }).toBe(1);
    const after = await listensForCalls(there, bea);
    await expect.poll(() => lost(here, call.id), { timeout: 10_000 }).toBe(0);
    await comeTime(here, "callPartyLost");
    expect(await look(ada, call.id)).toMatchObject({ state: "ACTIVE" });
    await signal(ada, call.id, "OFFER", { sdp: "again" });
    expect((await after.hears("OFFER ada")).sdp).toBe("again");
  });

  test("a call that a dead node leaves behind ends", async () => {
    const environment = {
      DATABASE_URL: nodes.databaseUrl,
      REDIS_URL: nodes.redis.url,
      JWT_SECRET: here.jwtSecret,
      LOG_LEVEL: "fatal",
    };
    await using dying = await startServerProcess(environment);
    const [ada, bea] = await people(here, "ada", "bea");
    const adaHears = await listensForCalls(here, ada);
    const call = await start(ada, await direct(ada, bea));
    const beaThere = bea.at({ url: dying.url, wsUrl: `${dying.url.replace("http", "ws")}/graphql` });
    const client = beaThere.ws();
    client.subscribe(
      { query: "subscription { callSignalled { kind } }" },
      { next: () => undefined, error: () => undefined, complete: () => undefined },
    );
    await signal(beaThere, call.id, "ACCEPT");
    await expect.poll(() => lost(here, call.id), { timeout: 10_000 }).toBe(0);
    dying.signal("SIGKILL");
    await dying.ended;
    // Fifteen seconds later.
    await here.services.database.pool.query(
      "update nodes set seen_at = seen_at - interval '1 minute' where id <> all ($1)",
      [[here.services.lease.id, there.services.lease.id]],
    );
    await expect.poll(() => lost(here, call.id), { timeout: 15_000 }).toBe(1);
    await comeTime(here, "callPartyLost");
    await adaHears.hears("ENDED bea CONNECTION_LOST");
    expect(await look(ada, call.id)).toMatchObject({ state: "ENDED", endReason: "CONNECTION_LOST" });
  });
});

test("who is cut off and stays away has left after fifteen seconds; in a group the call goes on without them", async () => {
  const server = await startServer();
  const [ada, bea, cyd] = await people(server, "ada", "bea", "cyd");
  const [adaHears, beaHears] = [await listensForCalls(server, ada), await listensForCalls(server, bea)];
  await listensForCalls(server, cyd);
  const call = await start(ada, await group(ada, bea, cyd));
  await signal(bea, call.id, "ACCEPT");
  await signal(cyd, call.id, "ACCEPT");
  expect(await patience(server)).toEqual([]);
  beaHears.disconnect();
  await expect.poll(() => lost(server, call.id), { timeout: 10_000 }).toBe(1);
  expect(await patience(server)).toEqual([15]);
  await comeTime(server, "callPartyLost");
  await adaHears.hears("LEFT bea");
  expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea LEFT, cyd JOINED");
  hangUpAll();
  await server.stop();
});

test("who calls without listening has hung up after fifteen seconds", async () => {
  const server = await startServer();
  const [ada, bea] = await people(server, "ada", "bea");
  const conversation = await direct(ada, bea);
  const hears = await listensForCalls(server, bea);
  const call = await start(ada, conversation);
  expect(await lost(server, call.id)).toBe(1);
  await comeTime(server, "callPartyLost");
  await hears.hears("ENDED ada CONNECTION_LOST");
  expect((await tryStart(bea, conversation)).errors).toBeUndefined();
  hangUpAll();
  await server.stop();
});

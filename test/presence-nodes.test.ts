import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import { strangers } from "./support/friends.ts";
import { ask } from "./support/graphql-client.ts";
import type { Person } from "./support/people.ts";
import { comesToBe, numberOf, shown } from "./support/presence.ts";
import { Herald, watching } from "./support/presence-ear.ts";
import { describeWithRedis } from "./support/redis.ts";
import { does, room } from "./support/rooms.ts";
import { startNode } from "./support/server.ts";
import { startServerProcess } from "./support/server-process.ts";
import { hearing, types } from "./support/typing-ear.ts";

describeWithRedis("on two nodes", () => {
  // Graces and leases run in real time.
  vi.setConfig({ testTimeout: 60_000 });
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  /** A listener on the one node, and somebody whom they watch. */
  async function cast() {
    const [ada, bea, eve] = await strangers(nodes.here);
    const herald = await Herald.of(nodes.there);
    return { ada, bea, eve, herald, adaHears: await watching(ada, herald, [bea, eve]) };
  }

  test.concurrent("who comes to the one is seen on the other, and is gone when the last connection to any is", async () => {
    const { bea, adaHears } = await cast();
    const [far, near] = [bea.at(nodes.there).ws(), bea.ws()];
    await adaHears.hears(bea, "ONLINE");
    await Promise.all([ask(far, "{ __typename }"), ask(near, "{ __typename }")]);
    await held(bea, 2);
    await far.dispose();
    await held(bea, 1);
    await near.dispose();
    await adaHears.hears(bea, "OFFLINE");
    expect(await adaHears.news()).toEqual(["bea ONLINE", "bea OFFLINE"]);
    await adaHears.close();
  });

  /** Waits until somebody is here by as many nodes, and by nothing else. */
  async function held(who: Person, byNodes: number): Promise<void> {
    const { pool } = nodes.here.services.database;
    const look = async (): Promise<void> => {
      const { rows } = await pool.query<{ node_id: string | null }>(
        "select node_id from presence_sources where user_id = $1",
        [numberOf(who)],
      );
      expect(rows.filter(({ node_id: nodeId }) => nodeId !== null)).toHaveLength(byNodes);
      expect(rows).toHaveLength(byNodes);
    };
    await vi.waitFor(look, { timeout: 20_000 });
  }

  test.concurrent("whoever a stopped node was connected to has time to come to another one", async () => {
    const { bea, eve, adaHears } = await cast();
    const third = await startNode(nodes.databaseUrl, nodes.redis.url);
    const clients = [bea.at(third).ws(), eve.at(third).ws()];
    await adaHears.hears(bea, "ONLINE");
    await adaHears.hears(eve, "ONLINE");
    await third.stop();
    const again = bea.ws();
    await adaHears.hears(eve, "OFFLINE");
    expect((await adaHears.news()).toSorted()).toEqual(["bea ONLINE", "eve OFFLINE", "eve ONLINE"]);
    await Promise.all([...clients, again].map((client) => client.dispose()));
    await adaHears.close();
  });

  test.concurrent("a node that was taken for dead and is not tells who is connected to it", async () => {
    const { bea, eve, adaHears } = await cast();
    const third = await startNode(nodes.databaseUrl, nodes.redis.url);
    const client = bea.at(third).ws();
    await adaHears.hears(bea, "ONLINE");
    const { pool } = nodes.here.services.database;
    // What another node does that heard nothing of it for a while.
    await pool.query("delete from nodes where id = $1", [third.services.lease.id]);
    await pool.query("delete from presence_sources where node_id = $1", [third.services.lease.id]);
    expect((await shown(bea, eve.at(nodes.there))).status).toBe("OFFLINE");
    await comesToBe(bea, eve.at(nodes.there), "ONLINE");
    await client.dispose();
    await third.stop();
    await adaHears.close();
  });

  test.concurrent("the connections of a node that was killed are gone within 30 seconds, and so is what was typed there", async () => {
    const { ada, bea, adaHears } = await cast();
    await using doomed = await startServerProcess({
      DATABASE_URL: nodes.databaseUrl,
      REDIS_URL: nodes.redis.url,
      JWT_SECRET: nodes.here.jwtSecret,
    });
    const tea = await room(ada, { visibility: "PUBLIC" });
    const [, , herald] = await strangers(nodes.here);
    for (const who of [bea, herald]) await does(who, "joinRoom", { roomId: tea.id });
    const adaSees = await hearing(nodes.here, ada, tea, herald);
    const there = bea.at({ url: doomed.url, wsUrl: `${doomed.url.replace("http", "ws")}/graphql` });
    there.ws();
    await held(bea, 1);
    await adaHears.hears(bea, "ONLINE");
    await types(there, tea.id);
    await adaSees.hears("bea begins");
    doomed.signal("SIGKILL");
    await doomed.ended;
    const killed = performance.now();
    await adaSees.hears("bea ends");
    await adaHears.hears(bea, "OFFLINE");
    expect(performance.now() - killed).toBeLessThan(30_000);
    await Promise.all([adaSees.close(), adaHears.close()]);
  });

  test.concurrent("typing on the one is told on the other", async () => {
    const [ada, bea, herald] = await strangers(nodes.here);
    const tea = await room(ada, { visibility: "PUBLIC" });
    for (const who of [bea, herald]) await does(who, "joinRoom", { roomId: tea.id });
    const [near, far] = [
      await hearing(nodes.here, ada, tea, herald),
      await hearing(nodes.there, ada.at(nodes.there), tea, herald, null),
    ];
    await types(bea.at(nodes.there), tea.id);
    await Promise.all([near.hears("bea begins"), far.hears("bea begins")]);
    await types(bea.at(nodes.there), tea.id, false);
    await Promise.all([near.hears("bea ends"), far.hears("bea ends")]);
    await Promise.all([near.close(), far.close()]);
  });
});

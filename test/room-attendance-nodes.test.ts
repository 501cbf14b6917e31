import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import { type AttendanceEar, listen } from "./support/attendance-ear.ts";
import { contextOf } from "./support/context.ts";
import { strangers } from "./support/friends.ts";
import { type Person, person } from "./support/people.ts";
import { numberOf } from "./support/presence.ts";
import { describeWithRedis } from "./support/redis.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startNode } from "./support/server.ts";

describeWithRedis("on two nodes", () => {
  // Leases run in real time.
  vi.setConfig({ testTimeout: 60_000 });
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  /** A room with people in it, which is listened to on the one node. */
  async function scene(): Promise<{ id: number; ada: Person; bea: Person; eve: Person; ear: AttendanceEar }> {
    const [ada, bea, eve] = await strangers(nodes.here);
    const tea = await room(ada);
    await does(ada, "addMembers", { conversationId: tea.id, userIds: [bea.id, eve.id] });
    const id = rowId("conversation", String(tea.id), "id");
    return { id, ada, bea, eve, ear: await listen(nodes.here, id, { ada, bea, eve }) };
  }

  const enter = async (node: TestServer, who: Person, id: number) =>
    node.services.roomAttendance.enter(await contextOf(node, who), id);

  const query = (text: string, parameters: unknown[]) => nodes.here.services.database.pool.query(text, parameters);

  test.concurrent("the first connection to any is told, and the last one", async () => {
    const { id, bea, ear } = await scene();
    const far = await enter(nodes.there, bea, id);
    await ear.hears("bea comes");
    const near = await enter(nodes.here, bea, id);
    await far.leave();
    const farAgain = await enter(nodes.there, bea, id);
    await near.leave();
    await farAgain.leave();
    await ear.hears("bea comes", "bea goes");
  });

  test.concurrent("of two nodes to which somebody comes at once, or from which they go, one tells of it", async () => {
    const { id, ada, eve, ear } = await scene();
    const contexts = [await contextOf(nodes.here, ada), await contextOf(nodes.there, ada)] as const;
    const both = [nodes.here.services.roomAttendance, nodes.there.services.roomAttendance] as const;
    const told: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const seats = await Promise.all([both[0].enter(contexts[0], id), both[1].enter(contexts[1], id)]);
      await ear.hears(...told, "ada comes");
      await Promise.all(seats.map((seat) => seat.leave()));
      told.push("ada comes", "ada goes");
      await ear.hears(...told);
    }
    await enter(nodes.there, eve, id);
    await ear.hears(...told, "eve comes");
  });

  test.concurrent("who was in a room by a node that died is told to be gone, unless another node has them", async () => {
    const { id, ada, bea, eve, ear } = await scene();
    const died = randomUUID();
    await query("insert into nodes (id, seen_at) values ($1, now())", [died]);
    await query("insert into room_attendance (conversation_id, user_id, node_id) select $1, unnest($2::bigint[]), $3", [
      id,
      [ada, bea].map(numberOf),
      died,
    ]);
    const kept = await enter(nodes.here, ada, id);
    await enter(nodes.there, eve, id);
    await ear.hears("eve comes");
    await query("update nodes set seen_at = now() - interval '1 minute' where id = $1", [died]);
    await ear.hears("eve comes", "bea goes");
    await kept.leave();
    await ear.hears("eve comes", "bea goes", "ada goes");
  });

  test.concurrent("a node that was taken for dead and is not tells who is in a room by it", async () => {
    const { id, bea, ear } = await scene();
    const third = await startNode(nodes.databaseUrl, nodes.redis.url);
    const seat = await enter(third, bea, id);
    await ear.hears("bea comes");
    // What another node does that heard nothing of it for a while.
    await query(
      "with gone as (delete from nodes where id = $1 returning id) delete from room_attendance r using gone where r.node_id = gone.id",
      [third.services.lease.id],
    );
    await ear.hears("bea comes", "bea comes");
    await seat.leave();
    await ear.hears("bea comes", "bea comes", "bea goes");
    await third.stop();
  });

  test.concurrent("whoever a stopped node had in a room is gone with it", async () => {
    const { id, bea, ear } = await scene();
    const third = await startNode(nodes.databaseUrl, nodes.redis.url);
    await enter(third, bea, id);
    await ear.hears("bea comes");
    await third.stop();
    await ear.hears("bea comes", "bea goes");
  });

  test.concurrent("a thousand who come at once to both, and go, are told once each", async () => {
    const owner = await person(nodes.here, `owner-${randomUUID().slice(0, 8)}`);
    const tea = await room(owner, { maxMembers: 2_000 });
    const id = rowId("conversation", String(tea.id), "id");
    const { rows } = await query(
      `with crowd as (insert into users (username, display_name)
         select 'crowd-' || n, 'Crowd' from generate_series(1, 1000) n returning id),
       inside as (insert into members (conversation_id, user_id) select $1, id from crowd)
       select id from crowd`,
      [id],
    );
    const ear = await listen(nodes.here, id, {});
    const mine = await contextOf(nodes.here, owner);
    const seats = await Promise.all(
      rows.flatMap((row: { id: string }) => {
        const viewer = { userId: Number(row.id), sessionId: "", role: "USER" };
        return [nodes.here, nodes.there].map(({ services }) =>
          services.roomAttendance.enter(new Context(services, mine.origin, mine.log, viewer), id),
        );
      }),
    );
    await vi.waitFor(() => expect(ear.heard).toHaveLength(1_000), { timeout: 20_000 });
    await Promise.all(seats.map((seat) => seat.leave()));
    await vi.waitFor(() => expect(ear.heard).toHaveLength(2_000), { timeout: 20_000 });
    expect(ear.heard.filter((told) => told.endsWith("comes"))).toHaveLength(1_000);
  });
});

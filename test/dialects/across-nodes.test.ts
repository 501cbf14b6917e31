import { afterAll, beforeAll, test } from "vitest";

import { type NodesOnRedis, startNodesOnRedis } from "../log/support/two-nodes.ts";
import { describeWithRedis } from "../support/redis.ts";
import { SHOWINGS, showsOnce } from "./support/across/presence.ts";
import { KINDS } from "./support/across/scene.ts";
import { SENDINGS, speaksAtOnce, walk } from "./support/across/walk.ts";

describeWithRedis("on two nodes", () => {
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test.concurrent.each(SENDINGS)(
    "what is done by %s in %s on the one every door of the other tells once, in order, and has in its history",
    async (_, kind, sender) => {
      await walk(nodes.here, nodes.there, kind, sender);
    },
  );

  test.concurrent.each(SHOWINGS.map((showing) => [showing.name, showing.shownAs, showing] as const))(
    "who is shown otherwise by %s, %s, is told of once by every door that tells of friends of the other",
    async (_, __, showing) => {
      await showsOnce(nodes.here, nodes.there, showing);
    },
  );

  test.concurrent.each(KINDS)(
    "what is said in %s by every door at once is told by every door of the other node in the log's order",
    async (kind) => {
      await speaksAtOnce(nodes.here, nodes.there, kind);
    },
  );
});

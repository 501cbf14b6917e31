import { expect, test } from "vitest";

import { listen } from "./log/support/ear.ts";
import { startNodesOnRedis } from "./log/support/two-nodes.ts";
import { does } from "./support/administration.ts";
import type { Data } from "./support/graphql-client.ts";
import { jobsDone } from "./support/jobs.ts";
import { person } from "./support/people.ts";
import { describeWithRedis } from "./support/redis.ts";

describeWithRedis("an export on two nodes", () => {
  test("is told at either of them, to its user and nobody else, whichever wrote it", async () => {
    await using nodes = await startNodesOnRedis();
    const [ann, bob] = [await person(nodes.here, "ann"), await person(nodes.here, "bob")];
    const clients = [ann.at(nodes.there).ws(), ann.ws(), bob.at(nodes.there).ws()];
    const ears = clients.map((client) => listen<Data>(client, "subscription { exportChanged { id state } }"));
    const [there, here, outsider] = ears as [(typeof ears)[0], (typeof ears)[0], (typeof ears)[0]];
    const exported: string[] = [];
    // Nothing says when a subscription has begun, but that it hears something.
    while ((here.heard.length === 0 || there.heard.length === 0) && exported.length < 9) {
      exported.push((await does(ann, "exportMyData", {}, "export { id }"))["export"].id);
      await jobsDone(nodes.here);
    }
    const last = exported.at(-1);
    await Promise.all([here, there].map((ear) => ear.until((heard) => heard.some(({ id }) => id === last))));
    expect(there.heard.at(-1)).toEqual({ id: last, state: "READY" });
    expect(outsider.heard).toEqual([]);
    await Promise.all(clients.map((client) => client.dispose()));
  });
});

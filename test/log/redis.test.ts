import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test } from "vitest";

import { listen, live } from "./support/ear.ts";
import { ADDED } from "./support/events.ts";
import { type Reader, reader } from "./support/reader.ts";
import { globalRoom, says, send } from "./support/talk.ts";
import { type TwoNodes, startTwoNodes } from "./support/two-nodes.ts";
import { type Person, person } from "../support/people.ts";
import { type TestRedis, describeWithRedis, startRedis } from "../support/redis.ts";
import { does, room } from "../support/rooms.ts";

let nodes: TwoNodes;
let ann: Person;
let bob: Person;
let tea: string;
let readers: Reader[];

/** Ann at one node, bob at the other, in one room, each following it. */
async function meet(redisUrl: string): Promise<void> {
  nodes = await startTwoNodes(redisUrl);
  [ann, bob] = await Promise.all([person(nodes.here, "ann"), person(nodes.there, "bob")]);
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
  readers = await Promise.all([reader(ann, tea), reader(bob, tea)]);
}

async function part(): Promise<void> {
  await Promise.all(readers.map((each) => each.leave()));
  await nodes[Symbol.asyncDispose]();
}

/** Both talk, turn by turn, each at their own node, change some of what they said, and are heard by both. */
async function talk(turns: number): Promise<void> {
  for (let n = 0; n < turns; n += 1) {
    const who = n % 2 === 0 ? ann : bob;
    const { id: messageId } = await send(who, tea, `turn ${n}`);
    if (n % 3 === 0) await says(who, "editMessage", { messageId, content: `turn ${n}, edited` });
  }
}

const everybodyShowsEverything = (): Promise<unknown> => Promise.all(readers.map((each) => each.showsEverything()));

describeWithRedis("two nodes on one Redis", () => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await startRedis();
    await meet(redis.url);
  });
  afterEach(async () => {
    await part();
    await redis.stop();
  });

  test("what is said at either is heard at both, once and in order", async () => {
    await talk(20);
    await everybodyShowsEverything();
  });

  test("what both say at once is heard at both in the same order", async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => send(n % 2 === 0 ? ann : bob, tea, `at once ${n}`)));
    await everybodyShowsEverything();
  });

  test("a Redis that is killed in the middle and comes back costs nobody anything", async () => {
    await talk(6);
    const talking = talk(40);
    await redis.restart();
    await talking;
    await everybodyShowsEverything();
    await talk(6);
    await everybodyShowsEverything();
  });

  test("a Redis that hangs costs nobody anything, while it hangs", async () => {
    await talk(6);
    redis.pause();
    await talk(10);
    await everybodyShowsEverything();
    redis.resume();
    await talk(6);
    await everybodyShowsEverything();
  });

  test("connections to Redis that are cut again and again cost nobody anything", async () => {
    const admin = new Redis(redis.url);
    const talking = talk(40);
    let over = false;
    void talking.then(() => (over = true));
    while (!over) {
      await admin.client("KILL", "TYPE", "pubsub");
      await admin.client("KILL", "TYPE", "normal", "SKIPME", "yes");
    }
    await talking;
    await everybodyShowsEverything();
    admin.disconnect();
  });

  test("who is put out at one node hears nothing more at the other", async () => {
    const [, bobs] = readers as [Reader, Reader];
    const { cursor } = await send(ann, tea, "before");
    await bobs.comesTo(cursor);
    await does(ann, "updateMember", { conversationId: tea, userId: bob.id, banned: true });
    await send(ann, tea, "after");
    expect(await bobs.ear.ended).toBe("complete");
    expect(JSON.stringify(bobs.ear.heard)).not.toContain("after");
  });

  test("who comes in at one node hears the conversation at the other, in a subscription that was there before", async () => {
    const client = bob.ws();
    const ear = listen<{ id: string; content: string }>(client, ADDED);
    const global = await globalRoom(ann);
    await live(
      [ear],
      () => send(bob, global, "poke"),
      (event, poked) => event.id === poked.id,
    );
    const { id } = await room(ann, { visibility: "PRIVATE" });
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    await send(ann, id, "welcome");
    await ear.until((heard) => heard.some(({ content }) => content === "welcome"));
    expect(ear.heard.map(({ content }) => content)).toEqual(["ann added bob.", "welcome"]);
    await client.dispose();
  });
});

describeWithRedis("two nodes whose Redis does not answer when they start", () => {
  test("talk nevertheless, and at once when it does answer", async () => {
    const redis = await startRedis();
    redis.pause();
    await meet(redis.url);
    await talk(6);
    await everybodyShowsEverything();
    redis.resume();
    await talk(6);
    await everybodyShowsEverything();
    await part();
    await redis.stop();
  });
});

test("two nodes whose Redis is not there at all talk nevertheless", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  await meet(`redis://127.0.0.1:${port}`);
  await talk(6);
  await everybodyShowsEverything();
  await part();
});

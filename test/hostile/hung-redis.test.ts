import { expect, test } from "vitest";

import { globalRoom, send } from "../log/support/talk.ts";
import { waiting } from "../support/cascade.ts";
import { direct, notified, settled } from "../support/notifications.ts";
import { person } from "../support/people.ts";
import { describeWithRedis, startRedis } from "../support/redis.ts";
import { startServer } from "../support/server.ts";

/** More than can be tried one after the other in the time of the test, where each try waits for Redis. */
const MESSAGES = 100;

describeWithRedis("while Redis hangs", () => {
  test("other jobs are done, and what waits for the stream goes out afterwards", { timeout: 90_000 }, async () => {
    const redis = await startRedis();
    const server = await startServer({ redisUrl: redis.url });
    const [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
    const [room, both] = [await globalRoom(ann), await direct(ann, bob)];
    await settled(server);
    redis.pause();
    for (let n = 0; n < MESSAGES; n += 1) await send(ann, room, String(n));
    await send(ann, both, "are you there?");
    const told = async (): Promise<boolean> =>
      (await notified(bob)).some(({ type, conversation }) => type === "MESSAGE" && conversation?.id === both);
    await expect.poll(told, { timeout: 40_000, interval: 200 }).toBe(true);
    expect(await waiting(server)).toBeGreaterThan(MESSAGES);
    redis.resume();
    await expect.poll(() => waiting(server), { timeout: 20_000 }).toBe(0);
    await server.stop();
    await redis.stop();
  });
});

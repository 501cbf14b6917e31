import type { Client } from "graphql-ws";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { SIGNAL_BYTES_A_MINUTE, SIGNALS_A_MINUTE, Signalling } from "../src/calls/signalling.ts";
import { rowId } from "../src/kernel/ids.ts";
import { direct } from "./log/support/friends.ts";
import { forgive, group, look, people, signal, start } from "./support/calls.ts";
import { ask, connect } from "./support/graphql-client.ts";
import { comeTime } from "./support/jobs.ts";
import type { Person } from "./support/people.ts";
import { startServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let ada: Person;
let bea: Person;
beforeAll(async () => {
  server = await startServer();
  [ada, bea] = await people(server, "ada", "bea");
});
beforeEach(() => forgive(server));
afterAll(() => server.stop());

describe("the sweep", () => {
  const sweep = async (): Promise<void> => {
    await server.services.database.pool.query(
      "select graphile_worker.add_job('callsSweep', '{}', run_at => now() + interval '1 hour')",
    );
    await comeTime(server, "callsSweep");
  };
  const age = (callId: string, by: string): Promise<unknown> =>
    server.services.database.pool.query(
      "update calls set started_at = started_at - $2::interval, ended_at = ended_at - $2::interval where id = $1",
      [rowId("call", callId, "callId"), by],
    );

  test("forgets calls that ended thirty days ago, and no others", async () => {
    const conversation = await direct(ada, bea);
    const old = await start(ada, conversation);
    await signal(ada, old.id, "CANCEL");
    const younger = await start(ada, conversation);
    await signal(ada, younger.id, "CANCEL");
    await age(old.id, "30 days 1 minute");
    await age(younger.id, "29 days 23 hours");
    await sweep();
    expect(await look(ada, old.id)).toBeNull();
    expect(await look(ada, younger.id)).toMatchObject({ state: "ENDED" });
  });

  test("ends a call that has run for a day, and no other", async () => {
    const [cyd, dan] = await people(server, "cyd", "dan");
    const [long, short] = [await start(ada, await group(ada, bea)), await start(cyd, await group(cyd, dan))];
    await age(long.id, "24 hours 1 minute");
    await age(short.id, "23 hours");
    await sweep();
    expect(await look(ada, long.id)).toMatchObject({ state: "ENDED", endReason: "HUNG_UP" });
    expect(await look(dan, short.id)).toMatchObject({ state: "RINGING" });
  });
});

describe("signals", () => {
  test("are so many a minute and no more, and so many bytes; another user's are their own", async () => {
    const signalling = new Signalling();
    const take = (userId: number, bytes: number): Promise<string> =>
      signalling.take(userId, bytes, async () => "taken");
    for (let sent = 0; sent < SIGNALS_A_MINUTE; sent += 1) await take(1, 0);
    await expect(take(1, 0)).rejects.toMatchObject({ code: "RATE_LIMITED", detail: { limit: SIGNALS_A_MINUTE } });
    expect(await take(2, SIGNAL_BYTES_A_MINUTE)).toBe("taken");
    await expect(take(2, 1)).rejects.toMatchObject({ code: "RATE_LIMITED", detail: { limit: SIGNAL_BYTES_A_MINUTE } });
    expect(await take(3, 1)).toBe("taken");
  });

  test("come one after the other, also after one that was refused", async () => {
    const signalling = new Signalling();
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const refused = signalling.take(1, 0, async () => {
      await first.promise;
      order.push("first");
      throw new Error("refused");
    });
    const second = signalling.take(1, 0, async () => void order.push("second"));
    await signalling.take(2, 0, async () => void order.push("another's"));
    first.resolve();
    await expect(refused).rejects.toThrow("refused");
    await second;
    expect(order).toEqual(["another's", "first", "second"]);
  });
});

describe("callSignalled", () => {
  const HEAR = "subscription ($deviceId: String) { callSignalled(deviceId: $deviceId) { kind } }";
  const refusal = async (client: Client, deviceId?: string): Promise<string | undefined> => {
    const { errors } = await ask(client, HEAR, { deviceId });
    await client.dispose();
    return errors?.[0]?.extensions.code;
  };

  test("is for those who are logged in, with a name of a device that is not too long", async () => {
    expect(await refusal(connect(server.wsUrl))).toBe("UNAUTHENTICATED");
    expect(await refusal(ada.ws(), "d".repeat(65))).toBe("BAD_USER_INPUT");
  });
});

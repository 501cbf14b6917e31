import "reflect-metadata";
import { setImmediate as turn } from "node:timers/promises";

import { pino } from "pino";
import { expect, test, vi } from "vitest";

import { PresenceWatch } from "../../src/presence/presence-watch.ts";
import { befriends } from "../log/support/friends.ts";
import { contextOf } from "../support/context.ts";
import { strangers } from "../support/friends.ts";
import { startServer } from "../support/server.ts";
import { numberOf } from "../support/presence.ts";
import { gate } from "./support/gate.ts";

test("whom somebody meets is watched, though an older answer of whom they know comes later", async () => {
  const server = await startServer();
  const [ada, bea, eve] = await strangers(server);
  const ctx = await contextOf(server, ada);
  const watch = new PresenceWatch(() => ctx, server.services.bus, pino({ level: "silent" }));
  const close = await watch.open(numberOf(ada), null, () => {});
  {
    using answers = gate(ctx, "load", "after");
    await befriends(ada, bea);
    await answers.calls(1);
    await befriends(ada, eve);
    await answers.calls(2);
    answers.letLastThrough();
    await vi.waitFor(() => expect(watch.size).toBe(2));
    answers.letOneThrough();
    await turn();
  }
  expect(watch.size).toBe(2);
  close();
  expect(watch.size).toBe(0);
  await watch.close();
  await server.stop();
});

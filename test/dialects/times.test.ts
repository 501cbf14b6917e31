import { expect, test } from "vitest";

import { utc, wallClock } from "../../src/dialects/frame/times.ts";
import { person } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import { rest } from "./support/rest.ts";

test.each([
  ["UTC", "2024-01-15T10:30:59.999Z", "2024-01-15T10:30:59"],
  ["Asia/Shanghai", "2024-01-15T10:30:00Z", "2024-01-15T18:30:00"],
  ["Asia/Shanghai", "2023-12-31T16:00:00Z", "2024-01-01T00:00:00"],
  ["Asia/Kathmandu", "2024-01-15T10:30:00Z", "2024-01-15T16:15:00"],
  ["America/New_York", "2024-07-01T04:00:00Z", "2024-07-01T00:00:00"],
  ["America/New_York", "2024-12-01T04:00:00Z", "2024-11-30T23:00:00"],
  ["Etc/UTC", "2024-01-15T00:00:00Z", "2024-01-15T00:00:00"],
])("a clock on a wall in %s shows %s as %s", (zone, at, shown) => {
  expect(wallClock(zone)(new Date(at))).toBe(shown);
});

test("UTC is written to the second, and says so", () => {
  expect(utc(new Date("2024-01-15T10:30:59.999Z"))).toBe("2024-01-15T10:30:59Z");
});

test("times without a zone are those of LEGACY_TIME_ZONE", async () => {
  const server = await startServer({ legacyTimeZone: "Asia/Shanghai" });
  const ann = rest(server, await person(server, "ann"));
  const clock = wallClock("Asia/Shanghai");
  const before = clock(new Date());
  const { timestamp } = (await ann.post("/api/chat/heartbeat")).body;
  const said = (await ann.post("/api/chat/send", { content: "now" })).body;
  const after = clock(new Date());
  for (const time of [timestamp, said.timestamp]) expect([before <= time, time <= after]).toEqual([true, true]);
  await server.stop();
});

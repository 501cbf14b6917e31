import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { checkedQuietHours, isQuiet } from "../src/notifications/quiet-hours.ts";
import { act, direct, group, notified, settled, write } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { inTurn, refusal } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat] = await inTurn(server, "ann", "bob", "cat");
});
afterAll(() => server.stop());

const PREFERENCES = "push types { type inApp push } quietHours { start end timeZone }";
const preferences = async (who: Person) =>
  (await who.graphql(`{ viewer { notificationPreferences { ${PREFERENCES} } } }`)).data.viewer.notificationPreferences;
const update = (who: Person, input: object) =>
  who.graphql(
    `mutation ($input: UpdateNotificationPreferencesInput!) { updateNotificationPreferences(input: $input) {
      notificationPreferences { ${PREFERENCES} } } }`,
    { input },
  );

describe("preferences", () => {
  test("have everything on until somebody says otherwise, and each change leaves the rest", async () => {
    const fresh = await preferences(ann);
    expect(fresh).toMatchObject({ push: true, quietHours: null });
    expect(fresh.types).toHaveLength(7);
    expect(fresh.types).toContainEqual({ type: "MESSAGE", inApp: true, push: true });
    await update(ann, { types: [{ type: "MESSAGE", push: false }] });
    await update(ann, { quietHours: { start: "22:00", end: "07:30", timeZone: "Europe/Berlin" } });
    await update(ann, { push: false, types: [{ type: "CALL", inApp: false }] });
    const { data } = await update(ann, { types: [] });
    const changed = await preferences(ann);
    expect(data.updateNotificationPreferences.notificationPreferences).toEqual(changed);
    expect(changed).toMatchObject({
      push: false,
      quietHours: { start: "22:00", end: "07:30", timeZone: "Europe/Berlin" },
    });
    expect(changed.types.filter(({ inApp, push }: { inApp: boolean; push: boolean }) => !inApp || !push)).toEqual([
      { type: "MESSAGE", inApp: true, push: false },
      { type: "CALL", inApp: false, push: true },
    ]);
    expect(await preferences(bob)).toEqual(fresh);
    await update(ann, {
      push: true,
      quietHours: null,
      types: [
        { type: "MESSAGE", push: true },
        { type: "CALL", inApp: true },
      ],
    });
    expect(await preferences(ann)).toEqual(fresh);
  });

  test("of a type that is off leave its notifications unmade, and no others", async () => {
    const id = await group(server, bob, cat);
    await update(cat, { types: [{ type: "MESSAGE", inApp: false }] });
    await write(bob, id, "hello");
    await write(bob, id, "hello @cat");
    await write(bob, await direct(bob, cat), "hello");
    await settled(server);
    expect((await notified(cat)).map(({ type }) => type)).toEqual(["MENTION"]);
    await update(cat, {
      types: [
        { type: "MENTION", inApp: false },
        { type: "MESSAGE", inApp: true },
      ],
    });
    await act(cat, "markNotificationsRead", { all: true });
    await write(bob, id, "hello @cat");
    await settled(server);
    expect(await notified(cat, { unreadOnly: true })).toEqual([]);
  });

  test.each([
    [{ quietHours: { start: "24:00", end: "07:00", timeZone: "UTC" } }, "start"],
    [{ quietHours: { start: "22:00", end: "7:00", timeZone: "UTC" } }, "end"],
    [{ quietHours: { start: "22:00", end: "22:00", timeZone: "UTC" } }, "end"],
    [{ quietHours: { start: "22:00", end: "07:00", timeZone: "Europe/Atlantis" } }, "timeZone"],
    [{ quietHours: { start: "22:00", end: "07:00", timeZone: "+02:00" } }, "timeZone"],
    [{ quietHours: { start: "22:00", end: "07:00", timeZone: `Europe/${"x".repeat(60)}` } }, "timeZone"],
    [{ types: Array.from({ length: 21 }, () => ({ type: "CALL", push: false })) }, "types"],
  ])("are refused as %j", async (input, field) => {
    expect(await refusal(update(ann, input))).toBe(`BAD_USER_INPUT ${field}`);
  });
});

describe("quiet hours", () => {
  const quiet = (start: string, end: string, timeZone: string, at: string): boolean =>
    isQuiet(checkedQuietHours({ start, end, timeZone }), new Date(at));

  test.each([
    // Over midnight, the first minute included and the last one not.
    ["22:00", "07:00", "UTC", "2026-01-15T21:59:59Z", false],
    ["22:00", "07:00", "UTC", "2026-01-15T22:00:00Z", true],
    ["22:00", "07:00", "UTC", "2026-01-16T00:00:00Z", true],
    ["22:00", "07:00", "UTC", "2026-01-16T06:59:59Z", true],
    ["22:00", "07:00", "UTC", "2026-01-16T07:00:00Z", false],
    // Within a day.
    ["13:00", "14:00", "UTC", "2026-01-15T13:30:00Z", true],
    ["13:00", "14:00", "UTC", "2026-01-15T00:30:00Z", false],
    // By the clock there: half hours from UTC, and another day.
    ["22:00", "07:00", "Asia/Shanghai", "2026-01-15T14:00:00Z", true],
    ["22:00", "07:00", "Asia/Shanghai", "2026-01-15T23:00:00Z", false],
    ["00:00", "06:00", "Asia/Kolkata", "2026-01-15T18:30:00Z", true],
    ["00:00", "06:00", "Asia/Kolkata", "2026-01-15T18:29:00Z", false],
    ["22:00", "07:00", "America/Los_Angeles", "2026-01-15T14:59:00Z", true],
    // Summer and winter.
    ["22:00", "07:00", "Europe/Berlin", "2026-01-15T06:30:00Z", false],
    ["22:00", "07:00", "Europe/Berlin", "2026-01-15T05:59:00Z", true],
    ["22:00", "07:00", "Europe/Berlin", "2026-07-15T05:30:00Z", false],
    ["22:00", "07:00", "Europe/Berlin", "2026-07-15T04:59:00Z", true],
    ["22:00", "07:00", "Europe/Berlin", "2026-07-15T20:00:00Z", true],
    // The night in which two o'clock becomes three: 01:30 UTC is 03:30 there.
    ["02:00", "03:00", "Europe/Berlin", "2026-03-29T00:59:00Z", false],
    ["02:00", "03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", false],
    ["02:00", "04:00", "Europe/Berlin", "2026-03-29T01:30:00Z", true],
    // The night in which three o'clock becomes two: 02:30 comes twice.
    ["02:00", "03:00", "Europe/Berlin", "2026-10-25T00:30:00Z", true],
    ["02:00", "03:00", "Europe/Berlin", "2026-10-25T01:30:00Z", true],
    ["02:00", "03:00", "Europe/Berlin", "2026-10-25T02:00:00Z", false],
  ])("from %s to %s in %s at %s: %s", (start, end, timeZone, at, expected) => {
    expect(quiet(start, end, timeZone, at)).toBe(expected);
  });
});

import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import { callRings, pushRinging } from "../src/notifications/ring-job.ts";
import { listen } from "./log/support/ear.ts";
import { signal, start } from "./support/calls.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { act, direct, group, notified, settled, write } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { type Browser, type PushService, register, startPushService, status } from "./support/push-service.ts";
import { does, inTurn } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let service: PushService;
let ann: Person;
let bob: Person;
let cyd: Person;
let browser: Browser;
let talk: string;
let round = 0;

beforeAll(async () => {
  [server, service] = await Promise.all([startServer(), startPushService()]);
});
beforeEach(async () => {
  round += 1;
  [ann, bob, cyd] = await inTurn(server, `ann${round}`, `bob${round}`, `cyd${round}`);
  browser = service.browser();
  talk = await direct(ann, bob);
  await register(bob, browser);
});
afterAll(async () => {
  await server.stop();
  await service[Symbol.asyncDispose]();
});

/** Ann calls, and whatever follows at once is done. @returns the call's id */
async function call(conversationId = talk, media = "VOICE"): Promise<string> {
  const { id } = await start(ann, conversationId, { media });
  await jobsDone(server);
  return id;
}

/** Somebody connects. @returns how they go */
async function comes(who: Person): Promise<() => Promise<void>> {
  const client = who.ws();
  const ear = listen(client, "subscription { notificationAdded { id } }");
  const here = async (): Promise<boolean> => {
    const { rowCount } = await server.services.database.pool.query(
      "select 1 from presence_sources where user_id = $1 and node_id is not null",
      [rowId("user", who.id, "id")],
    );
    return rowCount === 1;
  };
  await expect.poll(here).toBe(true);
  return async () => {
    ear.stop();
    await client.dispose();
    await expect.poll(here, { timeout: 10_000 }).toBe(false);
  };
}

/** What was pushed to a browser of calls, as its service worker would read it. */
const ofCalls = ({ read }: Browser): object[] => (read as { type: string }[]).filter(({ type }) => type === "CALL");

const ringing = (callId: string, more: object = {}): object => ({
  id: null,
  type: "CALL",
  title: `${ann.username} is calling`,
  body: "Voice call",
  count: 1,
  conversationId: talk,
  callId,
  media: "VOICE",
  isRinging: true,
  ...more,
});

describe("a call that rings", () => {
  test("is pushed at once to who is not connected, for as long as it rings, and is no notification", async () => {
    const callId = await call();
    expect(browser.read).toEqual([ringing(callId)]);
    const [push] = browser.pushes;
    expect(push?.headers).toMatchObject({ urgency: "high", topic: callId });
    expect(Number(push?.headers.ttl)).toBeGreaterThan(0);
    expect(Number(push?.headers.ttl)).toBeLessThanOrEqual(45);
    expect(await notified(bob)).toEqual([]);
  });

  test("is pushed to every browser of theirs, and to none of the caller's", async () => {
    const [second, anns] = [service.browser(), service.browser()];
    await register(bob, second);
    await register(ann, anns);
    const callId = await call(talk, "VIDEO");
    const shown = ringing(callId, { body: "Video call", media: "VIDEO" });
    expect([browser, second, anns].map(({ read }) => read)).toEqual([[shown], [shown], []]);
  });

  test("is replaced by the push that says that it was missed, and by that of no other call", async () => {
    const first = await call();
    await comeTime(server, "callRingsOut");
    const second = await call();
    await signal(ann, second, "CANCEL");
    await settled(server);
    expect(browser.pushes.map(({ headers }) => headers.topic)).toEqual([first, first, second, second]);
    expect(browser.read).toMatchObject([
      { callId: first, isRinging: true },
      { callId: first, media: "VOICE", title: ann.username, body: "Missed voice call", conversationId: talk },
      { callId: second, isRinging: true },
      { callId: second, body: "Missed voice call" },
    ]);
    expect(browser.read[1]).not.toHaveProperty("isRinging");
    // The log tells of both calls too, and nobody is notified of that.
    expect(await notified(bob)).toMatchObject([{ type: "CALL" }, { type: "CALL" }]);
  });

  test("in a group is pushed with its name to all for whom it rings and who are away", async () => {
    const [cyds, tea] = [service.browser(), await group(server, ann, bob, cyd)];
    await register(cyd, cyds);
    const goes = await comes(cyd);
    const callId = await call(tea);
    const shown = ringing(callId, { title: `${ann.username} is calling in Tea`, conversationId: tea });
    expect([ofCalls(browser), ofCalls(cyds)]).toEqual([[shown], []]);
    await goes();
  });

  test("is asked for again while it rings, where the push service is out of order or asks for patience", async () => {
    browser.replies.push(status(503), status(429, { "retry-after": "5" }), status(429, { "retry-after": "60" }));
    const callId = await call();
    for (let tries = 0; tries < 3; tries += 1) await comeTime(server, "pushRinging");
    expect(browser.read).toEqual(Array.from({ length: 3 }, () => ringing(callId)));
  });

  test("takes out a browser that the push service knows no more", async () => {
    browser.replies.push(status(410));
    await signal(ann, await call(), "CANCEL");
    await settled(server);
    expect(browser.pushes).toHaveLength(1);
  });
});

describe("nothing is pushed of a call that rings", () => {
  test("to who is connected, with whatever device; nor that it was missed, nor a message", async () => {
    const goes = await comes(bob);
    await call();
    await comeTime(server, "callRingsOut");
    await write(ann, talk, "call me back");
    await settled(server);
    expect(browser.pushes).toEqual([]);
    expect(await notified(bob)).toMatchObject([{ type: "MESSAGE", count: 1 }, { type: "CALL" }]);
    await goes();
  });

  test.each([
    ["where calls are not to be pushed", () => ({ types: [{ type: "CALL", push: false }] })],
    ["where nobody is to be notified of calls", () => ({ types: [{ type: "CALL", inApp: false }] })],
    ["once everything was turned off", () => ({ push: false })],
    ["in quiet hours", () => ({ quietHours: around(new Date()) })],
  ])("%s", async (_, preferences) => {
    await act(bob, "updateNotificationPreferences", preferences());
    await call();
    expect(browser.pushes).toEqual([]);
  });

  test("where the conversation was set to NONE, nor that it was missed, which is noted", async () => {
    await act(bob, "setNotificationLevel", { conversationId: talk, level: "NONE" });
    await call();
    await comeTime(server, "callRingsOut");
    expect(browser.pushes).toEqual([]);
    expect(await notified(bob)).toMatchObject([{ type: "CALL", isRead: false }]);
  });

  test("to whoever it does not ring for: who is muted there, has blocked the caller, or is in another call", async () => {
    const tea = await group(server, ann, bob, cyd);
    await does(ann, "updateMember", { conversationId: tea, userId: bob.id, muted: true });
    await signal(ann, await call(tea), "CANCEL");
    await does(ann, "updateMember", { conversationId: tea, userId: bob.id, muted: false });
    await act(bob, "blockUser", { userId: ann.id });
    await signal(ann, await call(tea), "CANCEL");
    await act(bob, "unblockUser", { userId: ann.id });
    await start(bob, await direct(bob, cyd));
    await call(tea);
    await settled(server);
    const [missed, ...others] = ofCalls(browser);
    expect(missed).toMatchObject({ body: "Missed voice call" });
    expect(missed).not.toHaveProperty("isRinging");
    expect(others).toEqual([]);
  });

  test.each([
    ["has ended", (callId: string) => signal(ann, callId, "CANCEL")],
    ["was answered", (callId: string) => signal(bob, callId, "ACCEPT")],
    ["was declined", (callId: string) => signal(bob, callId, "DECLINE")],
    ["has rung for 45 seconds", (callId: string) => rangLong(callId)],
  ])("once it %s", async (_, happens) => {
    browser.replies.push(status(503));
    const callId = await call();
    await happens(callId);
    await comeTime(server, "pushRinging");
    await callRings(late(), { callId: rowId("call", callId, "callId") });
    await jobsDone(server);
    expect(ofCalls(browser).filter((push) => "isRinging" in push)).toHaveLength(1);
  });

  test("where the login of the browser has ended", async () => {
    await bob.graphql("mutation { logout { __typename } }");
    await call();
    expect(browser.pushes).toEqual([]);
  });

  test("to somebody else's browser, whatever a job says", async () => {
    const annsBrowser = service.browser();
    await register(ann, annsBrowser);
    const callId = rowId("call", await call(), "callId");
    const { rows } = await server.services.database.pool.query(
      "select id from push_subscriptions where endpoint = $1",
      [annsBrowser.endpoint],
    );
    await pushRinging(late(), { callId, subscriptionId: Number(rows[0].id) });
    expect(annsBrowser.pushes).toEqual([]);
  });
});

/** What a job is done with that comes late. */
const late = (): Context =>
  new Context(server.services, { requestId: "late", ip: "", userAgent: "" }, pino({ level: "silent" }), null);

const rangLong = (callId: string): Promise<unknown> =>
  server.services.database.pool.query(
    "update calls set started_at = started_at - interval '45 seconds' where id = $1",
    [rowId("call", callId, "callId")],
  );

/** Quiet hours from an hour before a time to an hour after it. */
function around(now: Date) {
  const clock = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
  return { start: clock(-1), end: clock(1), timeZone: "UTC" };
}

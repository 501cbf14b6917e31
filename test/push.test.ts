import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { listen } from "./log/support/ear.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { act, direct, group, notified, settled, write } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { type Browser, claims, type PushService, register, startPushService, status } from "./support/push-service.ts";
import { inTurn, refusal } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let service: PushService;
let ann: Person;
let bob: Person;
let browser: Browser;
let talk: string;
let round = 0;

beforeAll(async () => {
  [server, service] = await Promise.all([startServer(), startPushService()]);
});
beforeEach(async () => {
  round += 1;
  [ann, bob] = await inTurn(server, `ann${round}`, `bob${round}`);
  browser = service.browser();
  talk = await direct(ann, bob);
  await register(bob, browser);
});
afterAll(async () => {
  await server.stop();
  await service[Symbol.asyncDispose]();
});

/** Ann writes to Bob, and whatever follows is done. */
async function say(content: string, input = {}): Promise<string> {
  const id = await write(ann, talk, content, input);
  await settled(server);
  return id;
}

const REGISTER = `mutation ($input: RegisterPushSubscriptionInput!) {
  registerPushSubscription(input: $input) { endpoint subscriptionCount } }`;
const REMOVE = "mutation ($input: RemovePushSubscriptionInput!) { removePushSubscription(input: $input) { endpoint } }";

describe("who is not connected", () => {
  test("is pushed what they are notified of, sealed for their browser alone and signed by the server", async () => {
    await say("hello");
    const [told] = await notified(bob);
    expect(browser.read).toEqual([
      { id: told?.id, type: "MESSAGE", title: ann.username, body: "hello", count: 1, conversationId: talk },
    ]);
    const [push] = browser.pushes;
    if (push === undefined) throw new Error("Nothing was pushed.");
    expect(push.headers).toMatchObject({ ttl: "86400", urgency: "normal", "content-encoding": "aes128gcm" });
    const { vapidPublicKey } = (await bob.graphql("{ vapidPublicKey }")).data;
    expect(await claims(push, vapidPublicKey)).toMatchObject({ aud: service.origin, sub: "mailto:push@parlance.test" });
  });

  test("is pushed of one conversation under one topic, so that unseen pushes replace each other", async () => {
    for (const word of ["one", "two"]) await say(word);
    const other = await group(server, ann, bob);
    await write(ann, other, "elsewhere");
    await settled(server);
    const topics = browser.pushes.map(({ headers }) => headers.topic);
    expect(topics[0]).toMatch(/^[A-Za-z0-9_-]{1,32}$/);
    expect(topics[1]).toBe(topics[0]);
    expect(new Set(topics).size).toBe(3);
    expect(browser.read).toMatchObject([{ count: 1 }, { count: 2 }, { type: "ROOM_INVITE" }, { body: "elsewhere" }]);
  });

  test("is pushed nothing of what an encrypted message says", async () => {
    await say("c2VjcmV0IHdvcmRz", { isEncrypted: true });
    expect(browser.read).toMatchObject([{ title: ann.username, body: "Encrypted message" }]);
    expect(JSON.stringify(browser.read)).not.toContain("c2VjcmV0");
  });

  test("is pushed to every browser of theirs, and to nobody else's", async () => {
    const [second, anns] = [service.browser(), service.browser()];
    await register(bob, second);
    await register(ann, anns);
    await say("hello");
    expect([browser, second, anns].map(({ pushes }) => pushes.length)).toEqual([1, 1, 0]);
  });
});

describe("nothing is pushed", () => {
  test("to who is connected, until they are not any more", async () => {
    const client = bob.ws();
    const ear = listen<{ content: string }>(client, "subscription { notificationAdded { content } }");
    const here = async (): Promise<number> => {
      const { rows } = await server.services.database.pool.query(
        "select count(*)::int as n from presence_sources where node_id is not null",
      );
      return rows[0].n;
    };
    await expect.poll(here).toBe(1);
    await say("seen");
    expect(browser.pushes).toEqual([]);
    ear.stop();
    await client.dispose();
    await expect.poll(here, { timeout: 10_000 }).toBe(0);
    await say("missed");
    expect(browser.read).toMatchObject([{ body: "missed", count: 2 }]);
  });

  test.each([
    ["of a conversation that was set to NONE", "setNotificationLevel", () => ({ conversationId: talk, level: "NONE" })],
    [
      "of a type that was turned off",
      "updateNotificationPreferences",
      () => ({ types: [{ type: "MESSAGE", push: false }] }),
    ],
    ["once everything was turned off", "updateNotificationPreferences", () => ({ push: false })],
    ["in quiet hours", "updateNotificationPreferences", () => ({ quietHours: around(new Date()) })],
  ])("%s, though it is noted", async (_, mutation, input) => {
    await act(bob, mutation, input());
    await say("hello");
    expect(await notified(bob)).toMatchObject([{ content: "hello", isRead: false }]);
    expect(browser.pushes).toEqual([]);
  });

  test("to a browser that was taken out, or whose login has ended", async () => {
    await act(bob, "removePushSubscription", { endpoint: browser.endpoint });
    await say("one");
    await register(bob, browser);
    await bob.graphql("mutation { logout { __typename } }");
    await say("two");
    expect(browser.pushes).toEqual([]);
  });

  test("of what was read before the push service took it", async () => {
    browser.replies.push(status(503));
    await say("hello");
    await act(bob, "markRead", { conversationId: talk, seq: 1 });
    await comeTime(server, "push");
    expect(browser.pushes).toHaveLength(1);
  });
});

describe("a push service", () => {
  const known = async (): Promise<boolean> => {
    const { rows } = await server.services.database.pool.query("select 1 from push_subscriptions where endpoint = $1", [
      browser.endpoint,
    ]);
    return rows.length === 1;
  };

  test.each([404, 410])("that knows the browser no more (%i) is asked no more", async (code) => {
    browser.replies.push(status(code));
    await say("one");
    expect(await known()).toBe(false);
    await say("two");
    expect(browser.pushes).toHaveLength(1);
  });

  test("that is out of order is asked again, later each time, with what the notification says by then", async () => {
    browser.replies.push(status(500), (request) => void request.socket.destroy());
    const messageId = await say("first");
    await act(ann, "editMessage", { messageId, content: "better" });
    for (let tries = 1; tries < 3; tries += 1) {
      expect(browser.pushes).toHaveLength(tries);
      await comeTime(server, "push");
    }
    expect(browser.read).toMatchObject([{ body: "first" }, { body: "better" }, { body: "better" }]);
    expect(await known()).toBe(true);
  });

  test("that asks for patience is asked again when it said", async () => {
    browser.replies.push(status(429, { "retry-after": "120" }));
    await say("hello");
    const { rows } = await server.services.database.pool.query(
      `select extract(epoch from run_at - now())::float as seconds from graphile_worker.jobs where task_identifier = 'push'`,
    );
    expect(rows).toEqual([{ seconds: expect.closeTo(120, -1) }]);
    await comeTime(server, "push");
    expect(browser.read).toMatchObject([{ body: "hello" }, { body: "hello" }]);
  });

  test("that refuses for good is not asked again, and keeps its browser", async () => {
    browser.replies.push(status(400));
    await say("hello");
    await comeTime(server, "push");
    expect(browser.pushes).toHaveLength(1);
    expect(await known()).toBe(true);
  });

  test("that answers without end is cut off", async () => {
    const cut = Promise.withResolvers<void>();
    browser.replies.push((_, response) => {
      response.once("close", () => cut.resolve());
      const flood = (): void =>
        void (response.destroyed || response.write("x".repeat(16_384), () => setImmediate(flood)));
      response.writeHead(201);
      flood();
    });
    await say("hello");
    await cut.promise;
    expect(browser.pushes).toHaveLength(1);
  });
});

describe("a browser", () => {
  test("belongs to who registered it last", async () => {
    await register(ann, browser);
    await say("to Bob");
    expect(browser.pushes).toEqual([]);
    await write(bob, talk, "to Ann");
    await settled(server);
    expect(browser.read).toMatchObject([{ title: bob.username, body: "to Ann" }]);
  });

  test("is one of 20 at the most, of which the oldest goes", async () => {
    const browsers = Array.from({ length: 20 }, () => service.browser());
    let count = 0;
    for (const { subscription } of browsers) {
      const { data } = await bob.graphql(REGISTER, { input: subscription });
      count = data.registerPushSubscription.subscriptionCount;
    }
    expect(count).toBe(20);
    await say("hello");
    await jobsDone(server);
    expect(browser.pushes).toEqual([]);
    expect(browsers.map(({ pushes }) => pushes.length)).toEqual(browsers.map(() => 1));
  });

  test("is taken out by its owner only", async () => {
    expect(await refusal(ann.graphql(REMOVE, { input: { endpoint: browser.endpoint } }))).toBe("NOT_FOUND endpoint");
    await say("hello");
    expect(browser.pushes).toHaveLength(1);
  });

  test("is registered by who is logged in, with keys that can be encrypted for", async () => {
    const { subscription } = service.browser();
    const { keys } = subscription;
    const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString("base64url");
    for (const [input, refused] of [
      [{ endpoint: "not a URL" }, "endpoint"],
      [{ endpoint: "ftp://push.example.org/1" }, "endpoint"],
      [{ endpoint: "https://user:secret@push.example.org/1" }, "endpoint"],
      [{ endpoint: `https://push.example.org/${"x".repeat(1_000)}` }, "endpoint"],
      [{ keys: { ...keys, auth: "short" } }, "auth"],
      [{ keys: { ...keys, p256dh: keys.auth } }, "p256dh"],
      [{ keys: { ...keys, p256dh: offCurve } }, "p256dh"],
      [{ expirationTime: -1 }, "expirationTime"],
      [{ expirationTime: 1e300 }, "expirationTime"],
    ] as const) {
      const asked = bob.graphql(REGISTER, { input: { ...subscription, ...input } });
      expect(await refusal(asked), JSON.stringify(input)).toBe(`BAD_USER_INPUT ${refused}`);
    }
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: REGISTER, variables: { input: subscription } }),
    });
    expect(((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code).toBe(
      "UNAUTHENTICATED",
    );
  });
});

/** Quiet hours from an hour before a time to an hour after it. */
function around(now: Date) {
  const clock = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
  return { start: clock(-1), end: clock(1), timeZone: "UTC" };
}

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { type Ear, listen, live } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent, inShort } from "./support/events.ts";
import { type LossyClient, lossyClient } from "./support/lossy-client.ts";
import { type Said, contents, globalRoom, says, send } from "./support/talk.ts";
import { type TwoNodes, startTwoNodes } from "./support/two-nodes.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { PING_EVERY_SECONDS } from "../../src/realtime/heartbeat.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";

let nodes: TwoNodes;
let ann: Person;
let bob: Person;
let global: string;
let bobs: LossyClient;
let keys = 0;

beforeAll(async () => {
  // The servers' heart beats when a test says so.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  nodes = await startTwoNodes();
  [ann, bob] = await Promise.all([person(nodes.here, "ann"), person(nodes.here, "bob")]);
  global = await globalRoom(ann);
});
afterAll(async () => {
  await nodes[Symbol.asyncDispose]();
  vi.useRealTimers();
});
beforeEach(() => {
  keys += 1;
  bobs = lossyClient(bob, nodes.here, { resumeKey: `key ${keys}` });
});
afterEach(() => bobs[Symbol.asyncDispose]());

const said = (event: Said, poked: Said): boolean => event.id === poked.id;

/** Bob's ear for all of his conversations, which is live. */
async function everything(): Promise<Ear<Said>> {
  const ear = listen<Said>(bobs.client, ADDED);
  await live([ear], () => send(ann, global, "poke"), said);
  return ear;
}

/** The log positions that the database holds for bob's subscriptions under this test's key. */
async function kept(conversationId: string): Promise<number[]> {
  const { rows } = await nodes.here.services.database.pool.query<{ positions: Record<string, number> }>(
    "select positions from resume_points where resume_key = $1",
    [`key ${keys}`],
  );
  return rows.map(({ positions }) => positions[rowId("conversation", conversationId, "id")] ?? 0);
}

/** The server pings everybody, bob's client answers, and what he surely has is written down. */
async function heartbeat(conversationId: string): Promise<void> {
  const before = Math.max(...(await kept(conversationId)));
  vi.advanceTimersByTime(PING_EVERY_SECONDS * 1_000);
  await expect.poll(async () => Math.min(...(await kept(conversationId))), { timeout: 10_000 }).toBeGreaterThan(before);
}

const has = (ear: Ear<Said>, content: string): Promise<void> =>
  ear.until((heard) => heard.some((message) => message.content === content));

test("a client that is cut off and comes back to the other node has everything, of all its conversations and new ones", async () => {
  const tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
  const ear = await everything();
  await send(ann, global, "before the heartbeat");
  await has(ear, "before the heartbeat");
  await heartbeat(global);
  await send(ann, global, "after the heartbeat");
  await has(ear, "after the heartbeat");
  ear.forget();
  await bobs.cut();
  await send(ann, global, "while away, in global");
  await send(ann, tea, "while away, in tea");
  const cake = (await room(ann, { visibility: "PRIVATE" })).id;
  await does(ann, "addMembers", { conversationId: cake, userIds: [bob.id] });
  await send(ann, cake, "while away, in cake");
  bobs.comeBackTo(nodes.there);
  await Promise.all(["global", "tea", "cake"].map((where) => has(ear, `while away, in ${where}`)));
  await send(ann.at(nodes.there), cake, "live again");
  await has(ear, "live again");
  // What came after the last heartbeat may come again, what came before it does not.
  expect(contents(ear.heard).toSorted()).toEqual(
    [
      "after the heartbeat",
      "while away, in global",
      "while away, in tea",
      "ann added bob.",
      "while away, in cake",
      "live again",
    ].toSorted(),
  );
});

test("a client that is cut off before any heartbeat has everything since it subscribed", async () => {
  const ear = await everything();
  await send(ann, global, "heard");
  await has(ear, "heard");
  await bobs.cut();
  await send(ann, global, "while away");
  bobs.comeBackTo(nodes.there);
  await has(ear, "while away");
});

test("a client that is cut off again and again, between the nodes, misses nothing", async () => {
  const ear = await everything();
  for (let n = 0; n < 6; n += 1) {
    await send(ann, global, `heard ${n}`);
    await bobs.cut();
    await send(ann, global, `away ${n}`);
    bobs.comeBackTo(n % 2 === 0 ? nodes.there : nodes.here);
    await has(ear, `away ${n}`);
    if (n % 2 === 1) await heartbeat(global);
  }
  const distinct = new Set(contents(ear.heard));
  for (let n = 0; n < 6; n += 1) expect(distinct).toContain(`heard ${n}`);
});

test("a subscription to one conversation goes on where it was, in order, whatever cursor it began with", async () => {
  const tea = (await room(ann)).id;
  const first = await send(ann, tea, "one");
  await send(ann, tea, "two");
  await does(bob, "joinRoom", { roomId: tea });
  const ear = listen<LogEvent>(bobs.client, EVENTS, { id: tea, after: first.cursor });
  await ear.until(({ length }) => length === 2);
  await send(ann, tea, "live");
  await ear.until(({ length }) => length === 3);
  await heartbeat(tea);
  await bobs.cut();
  const third = await send(ann, tea, "three");
  await says(ann, "editMessage", { messageId: first.id, content: "one, edited" });
  bobs.comeBackTo(nodes.there);
  await ear.until(({ length }) => length === 5);
  expect(ear.heard.map(inShort).slice(3)).toEqual([`+${third.seq} three`, `~${first.seq} one, edited`]);
});

test("a subscription that was completed is not gone on with", async () => {
  const ear = await everything();
  ear.stop();
  await ear.ended;
  await expect.poll(async () => (await kept(global)).length).toBe(0);
  await send(ann, global, "to nobody");
  const again = await everything();
  await send(ann, global, "to bob");
  await has(again, "to bob");
  expect(contents(again.heard)).toEqual(["to bob"]);
});

test("of two same subscriptions on one connection the one that goes on is remembered when the other is completed", async () => {
  const first = await everything();
  const second = await everything();
  // While there are two, what is kept of them stands still, and is kept alive.
  const { pool } = nodes.here.services.database;
  const touched = async (): Promise<boolean> => {
    const { rows } = await pool.query<{ lately: boolean }>(
      "select touched_at > now() - interval '1 minute' as lately from resume_points where resume_key = $1",
      [`key ${keys}`],
    );
    return rows[0]?.lately === true;
  };
  await pool.query("update resume_points set touched_at = now() - interval '9 minutes'");
  expect(await touched()).toBe(false);
  vi.advanceTimersByTime(PING_EVERY_SECONDS * 1_000);
  await expect.poll(touched, { timeout: 10_000 }).toBe(true);
  first.stop();
  await first.ended;
  await send(ann, global, "still heard");
  await has(second, "still heard");
  await bobs.cut();
  await send(ann, global, "while away");
  bobs.comeBackTo(nodes.there);
  await has(second, "while away");
});

test("under another's resumeKey one is given nothing of theirs", async () => {
  await everything();
  await heartbeat(global);
  await bobs.cut();
  const secret = (await room(bob, { visibility: "PRIVATE" })).id;
  await send(bob, secret, "secret");
  await send(ann, global, "while bob was away");
  const eve = await person(nodes.here, "eve");
  await using eves = lossyClient(eve, nodes.here, { resumeKey: `key ${keys}` });
  const ear = listen<Said>(eves.client, ADDED);
  await live([ear], () => send(ann, global, "poke for eve"), said);
  await send(ann, global, "to eve");
  await has(ear, "to eve");
  expect(contents(ear.heard)).toEqual(["to eve"]);
});

test("who was put out while they were away hears nothing of what was said since", async () => {
  const tea = (await room(ann, { visibility: "PRIVATE" })).id;
  await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
  const ear = await everything();
  const bound = listen<LogEvent>(bobs.client, EVENTS, { id: tea });
  await expect.poll(async () => (await kept(tea)).length).toBe(2);
  await bobs.cut();
  await does(ann, "removeMember", { conversationId: tea, userId: bob.id });
  await send(ann, tea, "without bob");
  await send(ann, global, "with bob");
  bobs.comeBackTo(nodes.there);
  await has(ear, "with bob");
  expect(await bound.ended).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
  expect(JSON.stringify([ear.heard, bound.heard])).not.toContain("without bob");
});

test("a resumeKey is a string of 1 to 128 characters, else the connection is refused", async () => {
  for (const resumeKey of ["", "x".repeat(129), 7, "\0", "\uD800"]) {
    const client = bob.ws({ resumeKey });
    expect(await listen(client, ADDED).ended).toMatchObject({ code: 4400 });
    await client.dispose();
  }
});

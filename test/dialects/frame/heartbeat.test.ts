import { once } from "node:events";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { gate } from "../../hostile/support/gate.ts";
import { startTwoNodes } from "../../log/support/two-nodes.ts";
import { contents, history } from "../../log/support/talk.ts";
import { blocked } from "../../support/locks.ts";
import { type Person, person } from "../../support/people.ts";
import { comesToBe } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type DialectSocket, roomSocket, socketOf } from "../support/socket.ts";
import { message, roomOf, saying } from "./support.ts";

/** From one ping of a connection to the next. */
const ROUND_MS = 12_000;

let server: TestServer;
let ann: Person;
let bob: Person;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

/** A client that answers no ping. */
async function deadSocket(roomId: number): Promise<DialectSocket> {
  const headers = { authorization: `Bearer ${bob.accessToken}` };
  const url = `${server.url.replace("http", "ws")}/ws/chat/${roomId}/`;
  const socket = await socketOf(url, { headers, autoPong: false });
  await socket.hears("connection_established");
  return socket;
}

test("who answers no ping until the next one is gone, who does stays", async () => {
  const id = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  const dead = await deadSocket(id);
  const [heard, heardByDead] = [once(hers.ws, "ping"), once(dead.ws, "ping")];
  vi.advanceTimersByTime(ROUND_MS);
  await Promise.all([heard, heardByDead]);
  // Her pong comes before what she says after it.
  hers.say(message("here"));
  await hers.hears("chat_message", saying("here"));
  vi.advanceTimersByTime(ROUND_MS);
  expect((await dead.closed).code).toBe(1006);
  hers.say(message("still here"));
  await hers.hears("chat_message", saying("still here"));
});

test("who says so much that it waits is not gone, however long it takes", async () => {
  const id = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  const lock = await server.services.database.pool.connect();
  await lock.query("begin");
  await lock.query("select 1 from conversations where id = $1 for update", [id]);
  for (let n = 0; n < 200; n += 1) hers.say(message(String(n)));
  await blocked(lock, 1);
  for (let rounds = 0; rounds < 4; rounds += 1) vi.advanceTimersByTime(ROUND_MS);
  await lock.query("rollback");
  lock.release();
  await hers.hears("chat_message", saying("199"));
  expect(hers.of("chat_message")).toHaveLength(200);
});

test("a socket lives no longer than the token that opened it", async () => {
  const id = await roomOf(ann);
  const socket = await roomSocket(server, ann, id);
  vi.setSystemTime(Date.now() + 1_801_000);
  vi.advanceTimersByTime(1_000);
  expect((await socket.closed).code).toBe(4401);
  expect(socket.heard.at(-1)).toMatchObject({ type: "error", message: expect.stringContaining("未认证") });
});

test("who has a socket open is here", async () => {
  const id = await roomOf(ann);
  vi.useRealTimers();
  const socket = await roomSocket(server, bob, id);
  await comesToBe(bob, ann, "ONLINE");
  await socket[Symbol.asyncDispose]();
});

test("when a server stops its sockets are sent elsewhere, and what was said is done before", async () => {
  vi.useRealTimers();
  await using nodes = await startTwoNodes();
  const cat = await person(nodes.here, "cat");
  const id = await roomOf(cat);
  const socket = await roomSocket(nodes.here, cat, id);
  for (let n = 0; n < 30; n += 1) socket.say(message(String(n)));
  await socket.hears("chat_message", saying("0"));
  await nodes.here.stop();
  expect((await socket.closed).code).toBe(1001);
  const said = contents(await history(cat.at(nodes.there), `conv_${id}`));
  expect(said).toEqual(["cat created Tea.", ...Array.from({ length: 30 }, (_, n) => String(n))]);
});

test("a server stops though it cannot find out who has opened a socket", async () => {
  vi.useRealTimers();
  await using nodes = await startTwoNodes();
  const cat = await person(nodes.here, "cat");
  using sessions = gate(nodes.here.services.sessions, "standing", "before");
  const headers = { authorization: `Bearer ${cat.accessToken}` };
  const socket = await socketOf(`${nodes.here.url.replace("http", "ws")}/ws/chat/1/`, { headers });
  await sessions.calls(1);
  await nodes.here.stop();
  expect((await socket.closed).code).toBe(1006);
});

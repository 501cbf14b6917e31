import { Client as Postgres } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { listen } from "./support/ear.ts";
import { ADDED, EVENTS, READ, UPDATED } from "./support/events.ts";
import { globalRoom, send } from "./support/talk.ts";
import { blocked } from "../support/locks.ts";
import { type Person, person } from "../support/people.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { type RawSocket, rawSocket } from "../support/raw-socket.ts";
import { type TestServer, startNode } from "../support/server.ts";

let database: FreshDatabase;
let server: TestServer;
let ann: Person;
let global: string;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startNode(database.url, undefined);
  ann = await person(server, "ann");
  global = await globalRoom(ann);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Waits until the server holds nothing on behalf of anybody. */
async function nothingIsKept(): Promise<void> {
  const { hub, viewers } = server.services;
  await expect.poll(() => [hub.size, viewers.size], { timeout: 10_000 }).toEqual([0, 0]);
}

const DOCUMENTS = [EVENTS, ADDED, UPDATED, READ];

test("subscriptions that are completed leave nothing behind, whether they had begun or not", async () => {
  const client = ann.ws();
  for (let round = 0; round < 10; round += 1) {
    for (const query of DOCUMENTS) listen(client, query, { id: global }).stop();
    const ears = DOCUMENTS.map((query) => listen(client, query, { id: global }));
    await send(ann, global, `round ${round}`);
    for (const ear of ears) ear.stop();
  }
  await nothingIsKept();
  await client.dispose();
});

/** Subscribes to one conversation, and to everything in each way. */
function subscribesToAll({ say }: RawSocket): void {
  for (const [id, query] of DOCUMENTS.entries()) {
    say({ type: "subscribe", id: String(id), payload: { query, variables: { id: id === 0 ? global : null } } });
  }
}

test("a client that vanishes while its subscriptions are being begun leaves nothing behind", async () => {
  const elsewhere = new Postgres(database.url);
  const observer = new Postgres(database.url);
  await Promise.all([elsewhere.connect(), observer.connect()]);
  const socket = await rawSocket(server.wsUrl);
  socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
  await socket.hear();
  await elsewhere.query("begin; lock table members in access exclusive mode");
  subscribesToAll(socket);
  await blocked(observer, DOCUMENTS.length);
  expect(server.services.viewers.size).toBe(1);
  socket.ws.terminate();
  await elsewhere.query("commit");
  await nothingIsKept();
  await Promise.all([elsewhere.end(), observer.end()]);
});

test("clients that come and vanish again and again leave nothing behind", async () => {
  for (let round = 0; round < 20; round += 1) {
    const socket = await rawSocket(server.wsUrl);
    socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
    await socket.hear();
    subscribesToAll(socket);
    if (round % 2 === 0) await send(ann, global, `round ${round}`);
    socket.ws.terminate();
  }
  await nothingIsKept();
});

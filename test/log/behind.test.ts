import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { editMany, sendMany } from "./support/crowd.ts";
import { listen } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent, inShort } from "./support/events.ts";
import { type Said, reads, send } from "./support/talk.ts";
import type { GraphqlError } from "../support/graphql-client.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { decodeCursor, encodeCursor } from "../../src/messages/cursor.ts";
import { type Person, person } from "../support/people.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let tea: string;
/** Where the log stood before everything in it. */
let cursor: string;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());
beforeEach(async () => {
  tea = (await room(ann)).id;
  ({ cursor } = await reads(ann, tea));
});

test("a thousand changes behind, a reader is given every one of them", async () => {
  await sendMany(ann, tea, 1_000);
  const client = ann.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 1_000);
  const seqs = ear.heard.map((event) => (event.__typename === "MessageAdded" ? event.edge.node.seq : 0));
  expect(seqs).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 2));
  await client.dispose();
});

test("a thousand and one changes behind, a reader is told to start over, and hears what happens from then on", async () => {
  await sendMany(ann, tea, 1_001);
  const { cursor: head } = await reads(ann, tea);
  const client = ann.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  expect(await ear.next()).toEqual({ __typename: "ResyncRequired", cursor: head });
  const { seq } = await send(ann, tea, "live");
  expect(inShort(await ear.next())).toBe(`+${seq} live`);
  await client.dispose();
});

test("changes count, not messages: six hundred of them and a message edited four hundred and one times are too many", async () => {
  const { id: messageId } = await send(ann, tea, "0");
  ({ cursor } = await reads(ann, tea));
  await sendMany(ann, tea, 600);
  await editMany(ann, messageId, 401);
  const client = ann.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  expect(inShort(await ear.next())).toBe("!");
  await client.dispose();
});

test("messageAdded that is too far behind ends with EXPIRED and a cursor to go on after", async () => {
  await sendMany(ann, tea, 1_001);
  const { cursor: head } = await reads(ann, tea);
  const client = ann.ws();
  const [error] = (await listen(client, ADDED, { id: tea, after: cursor }).ended) as readonly GraphqlError[];
  expect(error?.extensions).toMatchObject({
    code: "EXPIRED",
    reason: "RESYNC_REQUIRED",
    field: "after",
    cursor: head,
  });
  const again = listen<Said>(client, ADDED, { id: tea, after: error?.extensions.cursor });
  await send(ann, tea, "live");
  expect((await again.next()).content).toBe("live");
  await client.dispose();
});

const conversation = (): number => rowId("conversation", tea, "id");

test("a cursor of the database as it was before a restore is told to start over", async () => {
  const { position } = decodeCursor(cursor, conversation(), "cursor");
  const before = encodeCursor({ epoch: randomUUID(), conversationId: conversation(), position });
  const client = ann.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: before });
  expect(await ear.next()).toEqual({ __typename: "ResyncRequired", cursor });
  await send(ann, tea, "live");
  expect(inShort(await ear.next())).toBe("+2 live");
  const [error] = (await listen(client, ADDED, { id: tea, after: before }).ended) as readonly GraphqlError[];
  expect(error?.extensions).toMatchObject({ code: "EXPIRED", reason: "RESYNC_REQUIRED" });
  await client.dispose();
});

test("a cursor ahead of the log is told to start over, rather than to wait for the log to come up to it", async () => {
  const { epoch } = server.services.database;
  const client = ann.ws();
  for (const position of [2, 1_000_000, Number.MAX_SAFE_INTEGER]) {
    const after = encodeCursor({ epoch, conversationId: conversation(), position });
    expect(await listen<LogEvent>(client, EVENTS, { id: tea, after }).next()).toMatchObject({ cursor });
  }
  await client.dispose();
});

test("the epoch of cursors is the database's own, and a new one after it was restored", async () => {
  const [epoch] = Buffer.from(cursor, "base64url").toString().split(".");
  const { rows } = await server.services.database.pool.query("select epoch from server_state");
  expect(rows).toEqual([{ epoch }]);
});

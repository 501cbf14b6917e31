import { afterAll, beforeAll, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import { notifyMembers } from "../src/notifications/conversation-news.ts";
import { notify } from "../src/notifications/notify.ts";
import { meddler } from "./log/support/database.ts";
import { listen } from "./log/support/ear.ts";
import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import { direct, group, NOTIFICATION, type Notified, notified, settled, write } from "./support/notifications.ts";
import { blocked } from "./support/locks.ts";
import { connect } from "./support/graphql-client.ts";
import type { Person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { describeWithRedis } from "./support/redis.ts";
import { inTurn } from "./support/rooms.ts";
import { startNode, startServer, type TestServer } from "./support/server.ts";

const ADDED = `subscription { notificationAdded { ${NOTIFICATION} } }`;

/** Somebody who works on a server without having asked for anything. */
const worker = ({ services }: TestServer): Context =>
  new Context(services, { requestId: "test", ip: "", userAgent: "" }, services.auth.log, null);

/** Listens as somebody, and waits until that is known to work: for a sign that no other test gives. */
async function hearing(server: TestServer, who: Person) {
  const client = who.ws();
  const ear = listen<Notified>(client, ADDED);
  const userId = rowId("user", who.id, "id");
  const sign = async (word: string) =>
    worker(server).transaction((tx) => notify(tx, [userId], { type: "SYSTEM", title: word, key: word }));
  for (let n = 0; ear.heard.length === 0; n += 1) await sign(`begin ${who.username} ${n}`);
  return {
    /** What was heard up to now. */
    async news(): Promise<Notified[]> {
      const last = `end ${who.username} ${ear.heard.length}`;
      await sign(last);
      await ear.until((heard) => heard.some(({ title }) => title === last));
      return ear.heard.filter(({ type }) => type !== "SYSTEM");
    },
    stop: () => client.dispose(),
  };
}

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await inTurn(server, "ann", "bob", "eve");
});
afterAll(() => server.stop());

test("a notification is told live to its reader, again when it counts up, and to nobody else", async () => {
  const id = await direct(ann, bob);
  const ears = await Promise.all([hearing(server, ann), hearing(server, bob), hearing(server, eve)]);
  await write(ann, id, "hello");
  await settled(server);
  await write(ann, id, "again");
  await settled(server);
  const [byAnn, byBob, byEve] = await Promise.all(ears.map((ear) => ear.news()));
  expect(byBob?.map(({ content, count, isRead }) => [content, count, isRead])).toEqual([
    ["hello", 1, false],
    ["again", 2, false],
  ]);
  expect(new Set(byBob?.map((told) => told.id)).size).toBe(1);
  expect(byBob?.at(-1)).toEqual((await notified(bob, { type: "MESSAGE" }))[0]);
  expect([byAnn, byEve]).toEqual([[], []]);
  for (const ear of ears) await ear.stop();
});

test("nobody hears of notifications who is not logged in", async () => {
  const client = connect(server.wsUrl, {});
  const ear = listen(client, ADDED);
  expect(await ear.ended).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  await client.dispose();
});

test("a job that is done twice, or on several nodes at once, tells each message once", async () => {
  const [dan, fay] = await inTurn(server, "dan", "fay");
  const tea = await group(server, dan, fay);
  const conversationId = rowId("conversation", tea, "id");
  const job = () => notifyMembers(worker(server), { conversationId });
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await write(dan, tea, `${n}`);
      await Promise.all([job(), job()]);
    }),
  );
  await Promise.all([job(), job(), job()]);
  await settled(server);
  expect((await notified(fay, { type: "MESSAGE" })).map(({ count }) => count)).toEqual([20]);
});

test("a job that was killed before its commit is done by the next, and leaves nothing out", async () => {
  const [gus, hal] = await inTurn(server, "gus", "hal");
  const tea = await group(server, gus, hal);
  await write(gus, tea, "one");
  const killed = worker(server).transaction(async (tx) => {
    await notifyMembers(tx, { conversationId: rowId("conversation", tea, "id") });
    throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  await write(gus, tea, "two");
  await settled(server);
  expect((await notified(hal, { type: "MESSAGE" })).map(({ count }) => count)).toEqual([2]);
});

test("a message is told also where the job of the one before it is begun at that very moment", async () => {
  const database = await freshDatabase();
  const node = await startNode(database.url, undefined);
  const [max, ned] = await inTurn(node, "max", "ned");
  const tea = await group(node, max, ned);
  const id = rowId("conversation", tea, "id");
  const other = await meddler(database.url);
  // The next job is far off, and no sender knows of it.
  const apart =
    "update notify_positions set handled_at = now() + interval '1 hour', queued_at = null where conversation_id = $1";
  await other.client.query(apart, [id]);
  await write(max, tea, "one");
  await other.client.query(apart, [id]);
  await other.client.query("begin");
  await other.client.query("update graphile_worker._private_jobs set locked_at = now() where key = $1", [
    `notify:${id}`,
  ]);
  const second = write(max, tea, "two");
  await blocked(other.client, 1);
  await other.commit();
  await second;
  const { rows } = await other.client.query(
    "select locked_at is null as waits from graphile_worker._private_jobs where key = $1",
    [`notify:${id}`],
  );
  expect(rows).toEqual([{ waits: true }]);
  await other.client.query(
    "delete from graphile_worker._private_jobs where locked_at is not null and locked_by is null",
  );
  await settled(node);
  expect((await notified(ned, { type: "MESSAGE" })).map(({ count }) => count)).toEqual([2]);
  await other.client.end();
  await node.stop();
  await database.drop();
});

test("more messages than one transaction tells are told by several", async () => {
  const [ida, jon] = await inTurn(server, "ida", "jon");
  const tea = await group(server, ida, jon);
  const id = rowId("conversation", tea, "id");
  await server.services.database.pool.query(
    `with moved as (
       update conversations set position = position + 2500, last_seq = last_seq + 2500 where id = $1 returning last_seq, position)
     insert into messages (conversation_id, seq, position, added_position, sender_id, type, content)
     select $1, last_seq - n, position - n, position - n, $2, 'TEXT', 'many' from moved, generate_series(0, 2499) n`,
    [id, rowId("user", ida.id, "id")],
  );
  await settled(server);
  expect((await notified(jon, { type: "MESSAGE" })).map(({ count }) => count)).toEqual([2_500]);
});

test("what nobody would be told of queues no job", async () => {
  const [kim, lea] = await inTurn(server, "kim", "lea");
  const tea = await group(server, kim, lea);
  const id = rowId("conversation", tea, "id");
  const { pool } = server.services.database;
  await pool.query(
    `with made as (insert into users (username, display_name) select 'quiet-' || n, 'Quiet' from generate_series(1, 100) n returning id)
     insert into members (conversation_id, user_id) select $1, id from made`,
    [id],
  );
  const reached = async () =>
    (await pool.query("select position from notify_positions where conversation_id = $1", [id])).rows[0].position;
  const before = await reached();
  await write(kim, tea, "to nobody");
  await settled(server);
  expect(await reached()).toBe(before);
  await write(kim, tea, "to @lea");
  await settled(server);
  expect(Number(await reached())).toBe(Number(before) + 2);
  expect((await notified(lea)).map(({ type, count }) => [type, count])).toEqual([["MENTION", 1]]);
});

describeWithRedis("on two nodes", () => {
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test("a notification is told once on each, whichever of them makes it", async () => {
    const { here, there } = nodes;
    const [ann2, bob2, eve2] = await inTurn(here, "ann", "bob", "eve");
    const id = await direct(ann2, bob2);
    const ears = await Promise.all([
      hearing(here, bob2.at(here)),
      hearing(there, bob2.at(there)),
      hearing(there, eve2.at(there)),
    ]);
    for (const [place, word] of [
      [here, "from here"],
      [there, "from there"],
    ] as const) {
      await write(ann2.at(place), id, word);
      await settled(place);
    }
    const [atHere, atThere, byEve] = await Promise.all(ears.map((ear) => ear.news()));
    const told = [
      ["from here", 1],
      ["from there", 2],
    ];
    expect(atHere?.map(({ content, count }) => [content, count])).toEqual(told);
    expect(atThere?.map(({ content, count }) => [content, count])).toEqual(told);
    expect(byEve).toEqual([]);
    for (const ear of ears) await ear.stop();
  });
});

import { afterEach, beforeEach, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { cascadeSweep } from "../src/operations/cascade-sweep.ts";
import { allTold, type Consumer, consumer, type Told, waiting } from "./support/cascade.ts";
import { type Person, person } from "./support/people.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { describeWithRedis, startRedis, type TestRedis } from "./support/redis.ts";
import { administrator, does, refusal, room } from "./support/rooms.ts";
import { startNode, type TestServer } from "./support/server.ts";

const INFO = `query { cascade {
  isEnabled stream version length maximumLength firstEntryId lastEntryId waiting waitingSince readCommand
  eventTypes { name description topic fields }
  events(last: 2) { nodes { entryId id type topic version at data } pageInfo { hasPreviousPage startCursor } }
} }`;
const EVENTS = `query ($first: Int, $after: String, $last: Int, $before: String) { cascade {
  events(first: $first, after: $after, last: $last, before: $before) { nodes { entryId } pageInfo { endCursor startCursor hasNextPage } }
} }`;

describeWithRedis("the cascade", () => {
  let redis: TestRedis;
  let database: FreshDatabase;
  let server: TestServer;
  let stream: Consumer;
  let ann: Person;
  let tea: string;
  const nodes: TestServer[] = [];

  beforeEach(async () => {
    redis = await startRedis();
    database = await freshDatabase();
    server = await node();
    stream = consumer(redis.url);
    ann = await person(server, "ann");
    tea = (await room(ann)).id;
    await allTold(server);
  });
  afterEach(async () => {
    stream.close();
    await Promise.all(nodes.splice(0).map((each) => each.stop()));
    await database.drop();
    await redis.stop();
  });

  async function node(options: Parameters<typeof startNode>[2] = {}): Promise<TestServer> {
    const started = await startNode(database.url, redis.url, options);
    nodes.push(started);
    return started;
  }
  const sql = (text: string) => server.services.database.pool.query(text);
  const say = (who: Person, conversationId: string, content: string) =>
    does(who, "sendMessage", { conversationId, content });
  const messagesIn = (told: readonly Told[], topic: string): Told[] =>
    told.filter((event) => event.type === "message.added" && event.topic === topic);
  const sweep = (maximum: number) =>
    cascadeSweep(
      new Context(
        server.services,
        { requestId: "test", ip: "", userAgent: "" },
        server.services.auth.log.child({}, { level: "silent" }),
        null,
      ),
      maximum,
    );

  test("tells everything once and in order per conversation, over two nodes that work at once", async () => {
    const other = await node();
    const rooms = [tea, (await room(ann)).id, (await room(ann)).id];
    const sends = rooms.flatMap((id) => Array.from({ length: 60 }, (_, n) => ({ id, n })));
    await Promise.all(sends.map(({ id, n }) => say(n % 2 === 0 ? ann : ann.at(other), id, `number ${n}`)));
    await allTold(server);
    const told = await stream.all();
    for (const id of rooms) {
      expect(messagesIn(told, id).map(({ data }) => data["seq"])).toEqual(Array.from({ length: 61 }, (_, n) => n + 1));
    }
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  });

  test("keeps what happens while Redis hangs, and tells it when Redis is back", async () => {
    const before = await stream.all();
    redis.pause();
    await Promise.all(Array.from({ length: 5 }, (_, n) => say(ann, tea, `number ${n}`)));
    expect(await waiting(server, "message.added")).toBe(5);
    redis.resume();
    await allTold(server);
    const told = messagesIn((await stream.all()).slice(before.length), tea);
    // What hung may have arrived all the same: then it is there twice, under one id.
    const once = new Map(told.map(({ id, data }) => [id, data["content"]]));
    expect(new Set(once.values())).toEqual(new Set([0, 1, 2, 3, 4].map((n) => `number ${n}`)));
  });

  test("tells it also where Redis was killed, without another word being said", async () => {
    redis.pause();
    await say(ann, tea, "Is anybody there?");
    await redis.restart();
    await allTold(server);
    expect(messagesIn(await stream.all(), tea).map(({ data }) => data["content"])).toContain("Is anybody there?");
  });

  test("repeats what it could not commit, under the same ids, and goes on in order", async () => {
    // The outbox refuses at the commit, when the events are in the stream already: so does a node that dies then.
    await sql(`create function die() returns trigger language plpgsql as $$ begin raise exception 'died'; end $$;
      create constraint trigger dies after delete on domain_events deferrable initially deferred
        for each row execute function die()`);
    await say(ann, tea, "one");
    await expect.poll(async () => messagesIn(await stream.all(), tea).length).toBe(2);
    expect(await waiting(server, "message.added")).toBe(1);
    await sql("drop trigger dies on domain_events");
    await say(ann, tea, "two");
    await allTold(server);
    const told = messagesIn(await stream.all(), tea).slice(1);
    expect(told.map(({ data }) => data["content"])).toEqual([...told.slice(0, -1).map(() => "one"), "two"]);
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  test("gives up the oldest past the bound, and says so in their place", async () => {
    const cake = (await room(ann, { name: "Cake" })).id;
    await Promise.all([say(ann, tea, "0"), say(ann, cake, "0")]);
    await allTold(server);
    await stream.redis.del("cascade:events");
    server.services.cascade.redis?.disconnect();
    await expect.poll(() => server.services.cascade.redis?.status).toBe("end");
    for (const [id, text] of [
      [tea, "1"],
      [cake, "2"],
      [tea, "3"],
      [tea, "4"],
      [cake, "5"],
    ] as const) {
      await say(ann, id, text);
    }
    await sweep(2);
    await say(ann, tea, "6");
    await sweep(2);
    await server.services.cascade.redis?.connect();
    await allTold(server);
    const told = (await stream.all()).map(({ topic, type, data }) => [topic, type, data["dropped"] ?? data["content"]]);
    expect(told.filter(([topic]) => topic === tea)).toEqual([
      [tea, "cascade.gap", 3],
      [tea, "message.added", "6"],
    ]);
    expect(told.filter(([topic]) => topic === cake)).toEqual([
      [cake, "cascade.gap", 1],
      [cake, "message.added", "5"],
    ]);
  });

  test("is trimmed to so many entries, or some more", async () => {
    await stream.redis.del("cascade:events");
    const small = await node({ cascadeStreamMaximum: 1_000 });
    await sql(`insert into domain_events (topic, type, data)
      select 'server', 'cascade.gap', '{}' from generate_series(1, 5000)`);
    await Promise.all([small.services.cascade.drain(), server.services.cascade.drain()]);
    await say(ann.at(small), tea, "One more");
    await allTold(server);
    await small.services.cascade.drain();
    const { data } = await (await administrator(small)).graphql("{ cascade { maximumLength } }");
    expect(data.cascade.maximumLength).toBe(1_000);
    await sql(`insert into domain_events (topic, type, data) values ('server', 'cascade.gap', '{}')`);
    await small.services.cascade.drain();
    expect(await stream.redis.xlen("cascade:events")).toBeLessThanOrEqual(5_010);
  });

  test("is switched off by a node that is told so, and on again by the next", async () => {
    const off = await node({ cascade: false });
    await say(ann, tea, "unheard");
    expect(await waiting(server)).toBe(0);
    expect((await (await administrator(off)).graphql("{ cascade { isEnabled length } }")).data.cascade).toEqual({
      isEnabled: false,
      length: 0,
    });
    await nodes.pop()?.stop();
    await node();
    await say(ann, tea, "heard");
    await allTold(server);
    expect(messagesIn(await stream.all(), tea).map(({ data }) => data["content"])).toEqual([
      expect.stringContaining("created"),
      "heard",
    ]);
  });

  test("one query tells an administrator where it is, how it is read and what it last said; nobody else", async () => {
    await say(ann, tea, "Hello");
    await allTold(server);
    const root = await administrator(server);
    await allTold(server);
    const { data, errors } = await root.graphql(INFO);
    expect(errors).toBeUndefined();
    const all = await stream.all();
    expect(data.cascade).toMatchObject({
      isEnabled: true,
      stream: "cascade:events",
      version: 1,
      length: all.length,
      maximumLength: 100_000,
      firstEntryId: all[0]?.entry,
      lastEntryId: all.at(-1)?.entry,
      waiting: 0,
      waitingSince: null,
    });
    expect(data.cascade.events.nodes).toEqual(
      all.slice(-2).map(({ entry, version, ...event }) => ({ ...event, entryId: entry, version: Number(version) })),
    );
    expect(data.cascade.events.pageInfo.hasPreviousPage).toBe(true);
    expect(data.cascade.eventTypes.map(({ name }: { name: string }) => name)).toContain("message.added");

    const [command, ...words] = data.cascade.readCommand.replace("BLOCK 5000", "BLOCK 1").split(" ");
    await say(ann, tea, "And on");
    await allTold(server);
    const read = await stream.redis.call(command, ...words);
    expect(JSON.stringify(read)).toContain("And on");

    expect(await refusal(ann.graphql(INFO))).toBe("FORBIDDEN");
  });

  test("its events are a connection, walked both ways", async () => {
    const root = await administrator(server);
    await allTold(server);
    const all = (await stream.all()).map(({ entry }) => entry);
    const walked: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await root.graphql(EVENTS, { first: 3, after });
      const { nodes: found, pageInfo } = data.cascade.events;
      walked.push(...found.map(({ entryId }: { entryId: string }) => entryId));
      after = pageInfo.hasNextPage === true ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(walked).toEqual(all);
    const { data: last } = await root.graphql(EVENTS, { last: 1 });
    const { data: before } = await root.graphql(EVENTS, { last: 1, before: last.cascade.events.pageInfo.startCursor });
    expect(before.cascade.events.nodes).toEqual([{ entryId: all.at(-2) }]);
    const strange = Buffer.from(JSON.stringify(["+ COUNT 1"])).toString("base64url");
    expect(await refusal(root.graphql(EVENTS, { first: 1, after: strange }))).toBe("BAD_USER_INPUT after");
  });
});

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Asking, administrator, attempt, does, nobody, refusalOf } from "./support/administration.ts";
import { jobsDone } from "./support/jobs.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { type TestServer, startServer } from "./support/server.ts";

const EVENT = "event { id type data occurredAt receivedAt user { username } }";
const LIST = `query ($type: String, $userId: ID, $from: DateTime, $to: DateTime, $first: Int, $after: String) {
  clientEvents(type: $type, userId: $userId, from: $from, to: $to, first: $first, after: $after) {
    nodes { type data receivedAt user { username } } pageInfo { hasNextPage endCursor }
  }
}`;
const A_DAY_MS = 86_400_000;

interface Listed {
  readonly type: string;
  readonly data: unknown;
  readonly receivedAt: string;
  readonly user: { readonly username: string };
}

let server: TestServer;
let root: Person;
let ada: Person;
let bea: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ada, bea] = await Promise.all([person(server, "ada"), person(server, "bea")]);
});
afterAll(() => server.stop());

const report = (who: Asking, input: object) => attempt(who, "reportEvent", { ...input }, EVENT);

async function listed(asked: object = {}): Promise<Listed[]> {
  const { data, errors } = await root.graphql(LIST, { ...asked });
  expect(errors).toBeUndefined();
  return data.clientEvents.nodes;
}

const typesOf = (events: Listed[]): string[] => events.map(({ type }) => type);

test("an event of anybody's client is kept as it was told", async () => {
  const data = { code: 7, text: "Wörter 字 \\u0000", deep: [[{ on: true }], null] };
  const occurredAt = "2026-11-20T10:00:00.123Z";
  const { event } = await does(ada, "reportEvent", { type: "error", data, occurredAt }, EVENT);
  expect(event).toMatchObject({ type: "error", data, occurredAt, user: { username: "ada" } });
  expect(event.id).toMatch(/^event_\d+$/);
  expect(Math.abs(Date.parse(event.receivedAt) - Date.now())).toBeLessThan(A_DAY_MS);

  const { event: bare } = await does(ada, "reportEvent", { type: "bare" }, EVENT);
  expect(bare.data).toBeNull();
  expect(Math.abs(Date.parse(bare.occurredAt) - Date.parse(bare.receivedAt))).toBeLessThan(1_000);
});

test("events are told by those alone who are logged in, and read by administrators alone", async () => {
  expect(refusalOf(await report(nobody(server), { type: "error" }))).toBe("UNAUTHENTICATED");
  expect(refusalOf(await ada.graphql(LIST))).toBe("FORBIDDEN");
  expect(refusalOf(await nobody(server).graphql(LIST))).toBe("UNAUTHENTICATED");
});

/** Lists inside each other. */
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

test.each([
  [{ type: "" }, "type"],
  [{ type: "x".repeat(65) }, "type"],
  [{ type: "a\nb" }, "type"],
  [{ type: "big", data: "x".repeat(8_191) }, "data"],
  [{ type: "nul", data: ["a\u0000b"] }, "data"],
  [{ type: "nul", data: { "a\u0000b": 1 } }, "data"],
  [{ type: "half", data: "\ud83d" }, "data"],
  [{ type: "early", occurredAt: "1969-12-31T23:59:59Z" }, "occurredAt"],
  [{ type: "late", occurredAt: new Date(Date.now() + 2 * A_DAY_MS).toISOString() }, "occurredAt"],
])("an event is refused where it is out of bounds: %j", async (input, field) => {
  expect(refusalOf(await report(ada, input))).toBe(`BAD_USER_INPUT ${field}`);
});

test("an event is taken at its bounds, and not beyond 16 levels", async () => {
  expect(refusalOf(await report(ada, { type: "x".repeat(64), data: "x".repeat(8_190) }))).toBe("NONE");
  const { errors } = await report(ada, { type: "deep", data: nested(17) });
  expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
});

test("events are found by type, user and time, page by page, the latest first", async () => {
  for (const type of ["page.opened", "page.closed", "page.opened"]) await does(bea, "reportEvent", { type }, EVENT);
  expect(typesOf(await listed({ userId: bea.id }))).toEqual(["page.opened", "page.closed", "page.opened"]);
  expect(await listed({ userId: bea.id, type: "page.closed" })).toHaveLength(1);
  expect(await listed({ userId: ada.id, type: "page.closed" })).toEqual([]);
  const [last, middle, first] = await listed({ userId: bea.id });
  expect(await listed({ userId: bea.id, from: middle?.receivedAt })).toEqual([last, middle]);
  expect(await listed({ userId: bea.id, to: middle?.receivedAt })).toEqual([first]);

  const page = (await root.graphql(LIST, { userId: bea.id, first: 2 })).data.clientEvents;
  expect(page.pageInfo.hasNextPage).toBe(true);
  expect(await listed({ userId: bea.id, first: 2, after: page.pageInfo.endCursor })).toEqual([first]);
  expect(refusalOf(await root.graphql(LIST, { userId: "conv_1" }))).toBe("BAD_USER_INPUT userId");
  expect(refusalOf(await root.graphql(LIST, { first: 0 }))).toBe("BAD_USER_INPUT first");
});

test("a thousand events a day are taken of each user, and again the next day", async () => {
  const eve = await person(server, "eve");
  await does(eve, "reportEvent", { type: "first" }, EVENT);
  const { pool } = server.services.database;
  const used = (n: number, day: string) =>
    pool.query(
      `update daily_quotas set used = $2, day = (now() at time zone 'UTC')::date + $3::int
       where user_id = $1 and what = 'clientEvents'`,
      [eve.id.slice("user_".length), n, day],
    );
  await used(998, "0");
  const told = await Promise.all([1, 2, 3, 4].map(() => report(eve, { type: "many" })));
  expect(told.map(refusalOf).toSorted()).toEqual(["NONE", "NONE", "RATE_LIMITED", "RATE_LIMITED"]);
  expect(told.flatMap(({ errors }) => errors ?? [])[0]?.extensions.limit).toBe(1_000);
  expect(refusalOf(await report(ada, { type: "others are free" }))).toBe("NONE");
  // What is refused for another reason uses nothing up.
  await used(999, "0");
  expect(refusalOf(await report(eve, { type: "" }))).toBe("BAD_USER_INPUT type");
  expect(refusalOf(await report(eve, { type: "the last" }))).toBe("NONE");
  expect(refusalOf(await report(eve, { type: "too many" }))).toBe("RATE_LIMITED");
  await used(1_000, "-1");
  expect(refusalOf(await report(eve, { type: "the first of a new day" }))).toBe("NONE");
});

test("what is older than 30 days is dropped, and nothing else", async () => {
  const { pool } = server.services.database;
  await pool.query(
    `insert into client_events (user_id, type, occurred_at, received_at)
     select $1, 'age', now(), now() - d * interval '1 day' from unnest(array[0, 29, 31, 400]) d`,
    [ada.id.slice("user_".length)],
  );
  await pool.query("select graphile_worker.add_job('dropOldClientEvents')");
  await jobsDone(server);
  expect(await listed({ type: "age" })).toHaveLength(2);
});

test("no question reads all events", async () => {
  const { pool } = server.services.database;
  await pool.query(
    `insert into client_events (user_id, type, occurred_at, received_at)
     select 1 + n % 3, 'kind' || n % 40, now(), now() - n * interval '30 seconds' from generate_series(1, 50000) n`,
  );
  await pool.query("analyze client_events");
  const range = { from: new Date(Date.now() - 9 * A_DAY_MS), to: new Date(Date.now() - 6 * A_DAY_MS) };
  for (const asked of [{}, { type: "kind7" }, { userId: "user_2" }, { userId: "user_2", type: "kind7" }, range]) {
    const plan = await planOf(server, () => listed(asked));
    expect(plan, JSON.stringify(asked)).not.toContain("Seq Scan on client_events");
    expect(plan, JSON.stringify(asked)).not.toContain("Sort");
  }
});

import "reflect-metadata";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { find } from "../src/users/people.ts";
import { contextOf } from "./support/context.ts";
import { type Person, person } from "./support/people.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { numberOf, search } from "./support/search.ts";
import { type TestServer, startNode } from "./support/server.ts";

const MESSAGES = 30_000;
const CONVERSATIONS = 200;
const PEOPLE = 100_000;
/** Whatever grows with the use of the server. */
const TABLES = new Set(["messages", "message_search", "members", "users", "conversations"]);

/** A node of a plan as PostgreSQL's auto_explain tells it. */
interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

let database: FreshDatabase;
let server: TestServer;
let ann: Person;
let plans: Plan[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  // Every statement of the server, and every one inside its functions, tells how it was really done.
  const settings = ["client_min_messages=log", "session_preload_libraries=auto_explain"].concat(
    ["log_min_duration=0", "log_analyze=on", "log_nested_statements=on", "log_format=json"].map(
      (setting) => `auto_explain.${setting}`,
    ),
  );
  const options = encodeURIComponent(settings.map((setting) => `-c ${setting}`).join(" "));
  server = await startNode(`${database.url}${database.url.includes("?") ? "&" : "?"}options=${options}`, undefined);
  ann = await person(server, "ann");
  await fill();
  listenToPlans();
}, 240_000);
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Makes the tables large, and leaves them to the planner without statistics, as after a quick import. */
async function fill(): Promise<void> {
  const { pool } = server.services.database;
  const statements = [
    "set statement_timeout = 0",
    "set session_replication_role = replica",
    "set client_min_messages = warning",
    "drop index users_search_idx, conversations_search_idx, message_search_terms_idx",
    `insert into users (username, display_name)
       select 'user_' || n, case n % 10 when 0 then '小明' || n when 1 then 'Renée Ångström' else 'Person ' || md5(n::text) end
       from generate_series(1, ${PEOPLE}) n`,
    `insert into conversations (kind, slug, name, visibility, max_members)
       select 'ROOM', 'room-' || n, 'Room ' || md5(n::text), case n % 2 when 0 then 'PUBLIC' else 'PRIVATE' end, 1000
       from generate_series(1, 20000) n`,
    `insert into members (conversation_id, user_id) select id, ${numberOf("user", ann.id)} from conversations
       where slug ~ '^room-[0-9]{1,2}$' union all select id, 5000 + id from conversations`,
    `insert into messages (conversation_id, seq, position, added_position, sender_id, type, content, created_at)
       select 2 + n % ${CONVERSATIONS}, n, n, n, 10 + n % 500, 'TEXT',
         'the ' || md5((n / 3)::text) || case n % 5 when 0 then ' 東京で会議 Straße' else ' tea' end || case n when 7 then ' unicorn' else '' end,
         now() - (${MESSAGES} - n) * interval '1 minute'
       from generate_series(1, ${MESSAGES}) n`,
    `insert into message_search (message_id, conversation_id, terms)
       select id, conversation_id, search_lexemes(search_part(conversation_id), sender_id, content) from messages`,
    "create index message_search_terms_idx on message_search using gin (terms)",
    `create index users_search_idx on users
       using gin (search_suffixes(search_fold(username || ' ' || display_name))) with (fastupdate = off)`,
    `create index conversations_search_idx on conversations
       using gin (search_suffixes(search_fold(name || ' ' || slug))) with (fastupdate = off) where kind = 'ROOM'`,
  ];
  const client = await pool.connect();
  for (const statement of statements) await client.query(statement);
  client.release(true);
}

function listenToPlans(): void {
  const heard = new WeakSet<PoolClient>();
  server.services.database.pool.on("acquire", (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    client.on("notice", ({ message }) => {
      const json = /plan:\n(\{[\s\S]*\})/.exec(message ?? "")?.[1];
      if (json !== undefined) plans.push((JSON.parse(json) as { Plan: Plan }).Plan);
    });
  });
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** What a request made PostgreSQL do: whole tables that it read, and the most rows that one step of a plan met. */
async function done(request: () => Promise<unknown>): Promise<{ scans: string[]; rows: number }> {
  plans = [];
  await request();
  const nodes = plans.flatMap(nodesOf).filter((node) => TABLES.has(node["Relation Name"] ?? ""));
  expect(nodes.length).toBeGreaterThan(0);
  const met = nodes.map((node) => (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]);
  return {
    scans: nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => `${node["Relation Name"]}`),
    rows: Math.max(...met),
  };
}

test("a statement that reads a whole table is seen", async () => {
  const { scans, rows } = await done(() =>
    server.services.database.pool.query("select 1 from messages where content = 'none of them'"),
  );
  expect(scans).toEqual(["messages"]);
  expect(rows).toBeGreaterThanOrEqual(MESSAGES);
});

describe.each([
  ["without statistics", () => Promise.resolve()],
  ["with statistics", () => server.services.database.pool.query("analyze")],
])("%s", (_, prepare) => {
  beforeAll(async () => void (await prepare()));

  const conversationId = "conv_7";
  test.each([
    ["a frequent word", "the", {}],
    ["a frequent word in one conversation", "tea", { conversationId }],
    ["a rare word", "unicorn", {}],
    ["a word that nobody said", "basilisk", {}],
    ["two Chinese signs", "会議", {}],
    ["one Japanese sign", "で", { conversationId }],
    ["a letter", "u", {}],
    ["a rare word beside a frequent one", "the unicorn", {}],
    ["what one person said", "tea", { senderId: "user_21" }],
    ["what was said long ago", "tea", { to: new Date(Date.now() - 30 * 86_400_000).toISOString() }],
    ["what was said in an hour", "tea", { from: "2001-01-01T00:00:00Z", to: "2001-01-01T01:00:00Z" }],
  ])("a search of messages reads no whole table, and few of its rows: %s", async (_what, query, more) => {
    const { scans, rows } = await done(async () => {
      expect((await search(ann, query, more)).errors).toBeUndefined();
    });
    expect(scans).toEqual([]);
    // The newest that are read first, and not much more than what is found of the viewer's.
    expect(rows).toBeLessThan(8_000);
  });

  test.each(["user_4711", "4711", "renee", "ång", "小明", "明", "小明99990", "a", "nobody at all", "_", "person a1b"])(
    "a search of 100,000 people reads no whole table: %s",
    async (words) => {
      const { scans } = await done(async () => {
        const { errors } = await ann.graphql(`query ($s: String) { users(search: $s) { nodes { id } } }`, { s: words });
        expect(errors).toBeUndefined();
      });
      expect(scans).toEqual([]);
    },
  );

  test.each(["user_4711", "renee", "明", "a", "nobody at all", "Ann@People.test"])(
    "people of 100,000 are found by name or e-mail address without reading the whole table: %s",
    async (words) => {
      const ctx = await contextOf(server, ann);
      const { scans } = await done(() => find(ctx, words, 100));
      expect(scans).toEqual([]);
    },
  );

  test.each(["room", "room-4711", "a1b2", "nowhere", "o"])(
    "a search of 20,000 rooms reads no whole table: %s",
    async (words) => {
      const { scans } = await done(async () => {
        const { errors } = await ann.graphql(`query ($s: String) { rooms(search: $s) { nodes { id } } }`, { s: words });
        expect(errors).toBeUndefined();
      });
      expect(scans).toEqual([]);
    },
  );
});

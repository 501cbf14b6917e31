// Measures searches of messages: `npm run --silent build && node bench/search.ts [messages]`, 1,000,000 unless told.
import { parseArgs } from "node:util";

import { type Bench, openBench } from "./support/bench.ts";
import type { Options } from "./support/options.ts";

const CONVERSATIONS = 1_000;
const REPEATS = 15;
/** As src/search/search.service.ts asks: a page and one, of the newest 2,000 at first, within two seconds. */
const AS_ASKED = "21, 2000, 2000";

const OPTIONS: Options = {
  plan: { rounds: 0, seconds: 0, latencySeconds: 0, connections: 0, pages: 0 },
  isQuick: true,
  only: null,
  json: null,
  profile: null,
};

const { positionals } = parseArgs({ allowPositionals: true });
const messages = Number(positionals[0] ?? 1_000_000);

// Words as frequent as in English and Chinese: few make up most of a text. One in four messages is Chinese.
const FILL = [
  "set session_replication_role = replica",
  "set maintenance_work_mem = '512MB'",
  `create function word(k int) returns text language sql immutable return
     case k when 0 then 'the' else translate(substr(md5(k::text), 1, 3 + k % 6), '0123456789', 'aeiourstln') end`,
  `create function signs(k int) returns text language sql immutable return
     chr(19968 + (k * 7919) % 3000) || chr(19968 + (k * 104729) % 3000)`,
  "insert into users (username, display_name) select 'user' || n, 'User ' || n from generate_series(1, 2000) n",
  `insert into conversations (kind, slug, name, visibility, max_members)
     select 'ROOM', 'room-' || n, 'Room ' || n, 'PRIVATE', 1000 from generate_series(2, ${CONVERSATIONS}) n`,
  "select setseed(0.4)",
  `insert into messages (conversation_id, seq, position, added_position, sender_id, type, content, created_at)
     select 1 + (${CONVERSATIONS - 1} * random() ^ 2)::int, n, n, n, 1 + (random() * 1999)::int, 'TEXT',
       case n % 4
         when 0 then (select string_agg(signs((19999 * random() ^ 6)::int), '') from generate_series(1, 8 + n % 5))
         else (select string_agg(word((49999 * random() ^ 8)::int), ' ') from generate_series(1, 8 + n % 9)) end,
       now() - (${messages} - n) * interval '20 seconds'
     from generate_series(1, ${messages}) n`,
  "drop index message_search_terms_idx",
  `insert into message_search (message_id, conversation_id, terms)
     select id, conversation_id, search_lexemes(search_part(conversation_id), sender_id, content) from messages order by id`,
  "create index message_search_terms_idx on message_search using gin (terms)",
  // What the product's design is compared with: one index of plain words, its hits filtered and sorted.
  `create table plain as select id, conversation_id, regexp_replace(search_lexemes(0, null, content)::text, '''0:', '''', 'g')::tsvector as terms
     from messages order by id`,
  "create index plain_idx on plain using gin (terms)",
  "vacuum analyze messages, message_search, plain",
];

/** What is searched for: the query, and the tsquery of the index that is compared, as SQL. */
const QUERIES: readonly (readonly [title: string, words: string, plain: string])[] = [
  ["a word in every other message", "'the'", "'''the'':*'"],
  ["a word in one of some hundred messages", "word(60)", "'''' || word(60) || ''':*'"],
  ["a rare word", "word(41234)", "'''' || word(41234) || ''':*'"],
  ["a word that nobody said", "'basilisk'", "'''basilisk'':*'"],
  ["two Chinese signs", "signs(40)", "'''' || signs(40) || ''''"],
  ["one Chinese sign", "substr(signs(7000), 1, 1)", "'''' || substr(signs(7000), 1, 1) || ''':*'"],
  ["one letter, as a beginning", "'a'", "'''a'':*'"],
  ["a rare word beside a letter", "'a ' || word(41234)", "'''a'':* & ''' || word(41234) || ''':*'"],
];

const VIEWERS: readonly (readonly [title: string, conversations: string])[] = [
  ["1,000 conversations", `array(select generate_series(1, ${CONVERSATIONS})::bigint)`],
  ["20 conversations", "array(select (n * 47)::bigint from generate_series(1, 20) n)"],
  ["1 small conversation", "array[990]::bigint[]"],
];

/** The median and the longest of some runs, in milliseconds. */
async function timed({ database }: Bench, statement: string): Promise<string> {
  const taken: number[] = [];
  for (let run = 0; run < REPEATS; run += 1) {
    const begun = performance.now();
    await database.query(statement);
    taken.push(performance.now() - begun);
  }
  taken.sort((one, other) => one - other);
  return `${(taken[REPEATS >> 1] ?? 0).toFixed(1)} (${(taken.at(-1) ?? 0).toFixed(1)})`;
}

async function measure(bench: Bench): Promise<void> {
  const { database } = bench;
  for (const statement of FILL) await database.query(statement);
  const { rows } = await database.query<Record<string, string>>(
    `select pg_size_pretty(pg_relation_size('messages')) as messages, pg_size_pretty(pg_relation_size('message_search')) as "search rows",
       pg_size_pretty(pg_relation_size('message_search_terms_idx')) as "search index", pg_size_pretty(pg_relation_size('plain_idx')) as "plain index"`,
  );
  console.log(`${messages.toLocaleString("en")} messages; ${JSON.stringify(rows[0])}`);
  console.log("median (longest) of 15, ms | the product | one index of plain words");
  for (const [viewer, conversations] of VIEWERS) {
    for (const [title, words, plain] of QUERIES) {
      const product = await timed(
        bench,
        `select * from search_messages(${conversations}, search_terms(${words}), null, null, null, null, ${AS_ASKED})`,
      );
      const compared = await timed(
        bench,
        `select m.id from plain p join messages m on m.id = p.id
         where p.terms @@ (${plain})::tsquery and p.conversation_id = any (${conversations}) order by p.id desc limit 21`,
      );
      console.log(`${viewer}: ${title} | ${product} | ${compared}`);
    }
  }
  await indexing(bench);
}

/** How long the index takes to come up with messages, a batch of 500 at a time, as src/search/indexer.ts does it. */
async function indexing({ database }: Bench): Promise<void> {
  await database.query("delete from message_search where message_id > (select max(id) - 5000 from messages)");
  await database.query("insert into search_queue (message_id) select id from messages order by id desc limit 5000");
  const begun = performance.now();
  for (let batch = 0; batch < 10; batch += 1) await database.query("select search_index(500)");
  console.log(`5,000 messages taken into the index in ${(performance.now() - begun).toFixed(0)} ms`);
}

await using stack = new AsyncDisposableStack();
await measure(await openBench(OPTIONS, stack));

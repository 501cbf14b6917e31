import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Person, person } from "./support/people.ts";
import { room } from "./support/rooms.ts";
import { finds, indexed, timePasses } from "./support/search.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { send } from "./log/support/talk.ts";

/** What is said, what finds it, and what does not. */
const LANGUAGES: Record<string, { said: string; found: string[]; missed: string[] }> = {
  Chinese: {
    said: "今天天氣很好，我們去公園散步。",
    found: ["今天", "天氣", "公", "園", "步", "我們去公園", "公園散步 今天", "今天天氣很好"],
    missed: ["氣天", "今園", "天氣我們", "狗", "散步今天"],
  },
  "Chinese beside Latin letters and digits": {
    said: "我的iPhone15昨天坏了，要去Apple店",
    found: ["iphone", "IPHONE15", "昨天", "iphone15昨天", "店", "apple店", "坏 apple 我", "iph"],
    missed: ["phone", "昨日", "15坏", "pple"],
  },
  Japanese: {
    said: "東京タワーで待っています。パーティーだ",
    found: ["東京", "タワー", "ﾀﾜｰ", "待", "て", "っています", "パーティー", "ﾊﾟｰﾃｨｰ"],
    missed: ["ハーティー", "京都", "タワー東京", "たわー"],
  },
  Korean: {
    said: "내일 서울에서 만나요",
    found: ["서울", "서울에서", "만나", "요", "내일 만나요", "서"],
    missed: ["울서", "부산", "내일만나요"],
  },
  Thai: { said: "ฉันรักภาษาไทย", found: ["ภาษา", "ไทย", "รัก"], missed: ["อังกฤษ"] },
  English: {
    said: "Don't stop_believing: the QUICK, brown fox (really!) at https://example.org/Foxes",
    found: ["quick", "QUI", "q", "brown quick", "don't", "don fox", "believing", "example.org", "ｑｕｉｃｋ", "“fox”"],
    missed: ["uick", "quickly", "fox hound", "dog", "elieving"],
  },
  French: {
    said: "Un café crème, une œuvre : l'été à Besançon",
    found: ["cafe", "CAFÉ", "creme", "oeuvre", "œuvre", "ete", "l'été", "besancon", "e\u0301te\u0301"],
    missed: ["thé", "reme"],
  },
  German: {
    said: "Straße und Übermut, GROẞ",
    found: ["strasse", "STRASSE", "straße", "ubermut", "Üb", "gross", "groß"],
    missed: ["uebermut", "mut"],
  },
  Turkish: {
    said: "IŞIK İstanbul'da ılık",
    found: ["ışık", "ISIK", "istanbul", "İSTANBUL", "ilik", "ılık"],
    missed: ["ankara"],
  },
  Vietnamese: { said: "Đà Nẵng rất đẹp", found: ["da nang", "ĐÀ NẴNG", "đẹp"], missed: ["hanoi"] },
  Russian: { said: "Ёжик в тумане, мой друг", found: ["ежик", "ЁЖ", "туман", "мой"], missed: ["жик", "ежики"] },
  Greek: { said: "Ὀδυσσεὺς ἔρχεται", found: ["οδυσσευς", "ΟΔΥΣΣΕΥΣ", "ερχ"], missed: ["αχιλλευς"] },
  Arabic: {
    said: "السَّلامُ عليكم يا أحمد، كيف الحال؟",
    found: ["السلام", "احمد", "أحمد", "الحال", "عليـكم"],
    missed: ["لام", "محمد"],
  },
  Hebrew: { said: "שָׁלוֹם עולם", found: ["שלום", "עול"], missed: ["להתראות"] },
  Hindi: { said: "नमस्ते दुनिया।", found: ["नमस्ते", "दुनिया", "नम"], missed: ["स्ते"] },
  Georgian: { said: "გამარჯობა მსოფლიო", found: ["გამარჯობა", "მსოფ"], missed: ["ფლიო"] },
  emoji: {
    said: "Party🎉🎂 tonight 👍🏽 ❤️ 👨‍👩‍👧",
    found: ["🎉", "🎂", "🎉🎂", "party 🎉", "👍", "👍🏿", "❤", "❤️", "👩"],
    missed: ["🎂🎉", "😀"],
  },
  "two scripts at once": {
    said: "Meeting 会议 на завтра um 10 Uhr 회의실",
    found: ["会议 завтра", "meet 회의 10", "议 uhr"],
    missed: ["会议 вчера", "meeting 電話"],
  },
};

let server: TestServer;
let ann: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  const { id } = await room(ann);
  for (const { said } of Object.values(LANGUAGES)) await send(ann, id, said);
});
afterAll(() => server.stop());

const cases = Object.entries(LANGUAGES).map(([language, texts]) => ({ language, ...texts }));

describe.each([
  ["messages that were sent a moment ago", () => Promise.resolve()],
  ["messages that are in the index alone", () => timePasses(server, ann)],
])("%s", (_, prepare) => {
  beforeAll(prepare);

  test.each(cases)("are found by their words: $language", async ({ said, found }) => {
    for (const query of found) expect(await finds(ann, query), query).toContain(said);
  });

  test.each(cases)("are not found by other words: $language", async ({ said, missed }) => {
    for (const query of missed) expect(await finds(ann, query), query).not.toContain(said);
  });
});

test("a word of thousands of letters, and a run of thousands of signs, are found by their beginnings and parts", async () => {
  const { id } = await room(ann);
  const [word, run] = ["x".repeat(2_500), "漢字".repeat(1_250)];
  await send(ann, id, word);
  await send(ann, id, run);
  await indexed(server);
  await timePasses(server, ann);
  expect(await finds(ann, "x".repeat(200))).toEqual([word]);
  expect(await finds(ann, "x")).toEqual([word]);
  expect(await finds(ann, "漢字".repeat(100))).toEqual([run]);
  expect(await finds(ann, `${"x".repeat(100)}y`)).toEqual([]);
});

test("the index finds what comparing every text finds, whatever the letters", async () => {
  const { pool } = server.services.database;
  const { id } = await room(ann);
  const conversation = Number(id.slice("conv_".length));
  await pool.query(
    `insert into messages (conversation_id, seq, position, added_position, type, content)
     select $1, 1000 + n, 1000 + n, 1000 + n, 'TEXT', (
       select string_agg((array['a','b','B','é','ß',' ',' ','東','京','ー','が','한','글','🎉','-','ш'])[1 + floor(random() * 16)], '')
       from generate_series(1, 12) where n > 0)
     from generate_series(1, 600) n`,
    [conversation],
  );
  await indexed(server);
  const { rows } = await pool.query<{ query: string; found: string; compared: string }>(
    `with queries as (
       select terms from (select distinct search_terms(substr(content, 1 + floor(random() * 10)::int, 1 + floor(random() * 4)::int)) as terms
                          from messages where conversation_id = $1 order by 1 limit 300) q where cardinality(terms) > 0)
     select terms::text as query,
       array(select id from search_messages(array[$1]::bigint[], terms, null, null, null, null, 1000, 0, 60000) s (id))::text as found,
       array(select m.id from messages m where m.conversation_id = $1 and m.type = 'TEXT' and search_matches(m.content, terms)
             order by m.id desc)::text as compared
     from queries`,
    [conversation],
  );
  expect(rows.length).toBeGreaterThan(100);
  for (const { query, found, compared } of rows) expect(found, query).toBe(compared);
});

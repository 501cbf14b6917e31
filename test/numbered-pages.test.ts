import "reflect-metadata";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Context } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import { numberedPage, pageBefore } from "../src/messages/history-pages.ts";
import type { Message } from "../src/messages/message.ts";
import { send } from "./log/support/talk.ts";
import { comeTime } from "./support/jobs.ts";
import { did } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { contextAs, refusalOf } from "./support/context.ts";

let server: TestServer;
let ann: Person;
let ctx: Context;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  ctx = contextAs(server, ann);
});
afterAll(() => server.stop());

const sql = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
const seqs = (messages: readonly Message[]): number[] => messages.map(({ seq }) => seq);

/** How a history came to be: messages 1 to `written`, the first `removed` of which are kept no longer. */
interface History {
  readonly written: number;
  readonly removed: number;
  readonly deleted: readonly number[];
  readonly recalled: readonly number[];
}

/** A conversation with such a history. @returns its number, and by `seq` the numbers of its messages */
async function conversationOf({
  written,
  removed,
  deleted,
  recalled,
}: History): Promise<[number, Map<number, number>]> {
  const { rows: made } = await sql(
    "insert into conversations (kind, name, last_seq, position) values ('GROUP', 'Tea', $1, $1) returning id",
    [written],
  );
  const id = Number(made[0].id);
  const { rows } = await sql(
    `insert into messages (conversation_id, seq, position, added_position, type, content, deleted_at, recalled_at)
       select $1, n, n, n, 'TEXT', n, case when n = any ($4) then now() end, case when n = any ($5) then now() end
       from generate_series($3 + 1, $2::int) n returning id, seq`,
    [id, written, removed, deleted, recalled],
  );
  return [id, new Map(rows.map((row) => [Number(row.seq), Number(row.id)]))];
}

/** What is shown of such a history, the newest first, as one would count it by hand. */
function shownOf({ written, removed, deleted, recalled }: History, withGone: boolean): number[] {
  const kept = Array.from({ length: written - removed }, (_, n) => written - n);
  return kept.filter((seq) => withGone || (!deleted.includes(seq) && !recalled.includes(seq)));
}

const HISTORIES = fc.nat({ max: 40 }).chain((written) =>
  fc.record({
    written: fc.constant(written),
    removed: fc.oneof(fc.constant(0), fc.nat({ max: written })),
    deleted: fc.array(fc.integer({ min: 1, max: Math.max(written, 1) }), { maxLength: 30 }),
    recalled: fc.array(fc.integer({ min: 1, max: Math.max(written, 1) }), { maxLength: 10 }),
  }),
);

test("of whatever history, pages by number and pages before a message are what one would count by hand", async () => {
  await fc.assert(
    fc.asyncProperty(HISTORIES, fc.integer({ min: 1, max: 12 }), async (history, limit) => {
      const [conversationId, ids] = await conversationOf(history);
      for (const withGone of [true, false]) {
        const shown = shownOf(history, withGone);
        for (let skip = 0; skip <= shown.length + 1; skip += 1) {
          const { messages, total } = await numberedPage(ctx, { conversationId, skip, limit, withGone });
          expect(total).toBe(shown.length);
          expect(seqs(messages)).toEqual(shown.slice(skip, skip + limit).toReversed());
        }
        for (const [before, beforeId] of [[history.written + 1, null] as const, ...ids]) {
          const messages = await pageBefore(ctx, { conversationId, beforeId, limit, withGone });
          const older = shown.filter((seq) => seq < before);
          expect(seqs(messages)).toEqual(older.slice(0, limit).toReversed());
        }
      }
    }),
    { numRuns: 40 },
  );
});

describe("a page of a conversation", () => {
  let tea: string;
  let conversationId: number;
  const page = { limit: 3, withGone: false };

  beforeAll(async () => {
    tea = (await room(ann)).id;
    conversationId = rowId("conversation", tea, "conversationId");
    const sent: string[] = [];
    for (let n = 2; n <= 9; n += 1) sent.push((await send(ann, tea, `number ${n}`)).id);
    await did(ann, "deleteMessage", { messageId: sent[6] }, "__typename");
    await did(ann, "recallMessage", { messageId: sent[5] }, "__typename");
    await did(ann, "setRetention", { conversationId: tea, messages: 6 }, "__typename");
    await sql("select graphile_worker.add_job('retention')");
    await comeTime(server, "retention");
  });

  test("counts what members deleted and recalled, and what retention removed, as it shows it", async () => {
    const all = await numberedPage(ctx, { conversationId, skip: 0, limit: 100, withGone: true });
    expect([seqs(all.messages), all.total]).toEqual([[5, 6, 7, 8, 9, 10], 6]);
    expect(all.messages.map(({ isDeleted, isRecalled, content }) => [isDeleted, isRecalled, content])).toEqual([
      [false, false, "number 5"],
      [false, false, "number 6"],
      [false, true, ""],
      [true, false, ""],
      [false, false, "number 9"],
      [false, false, "ann set that messages are kept up to the newest 6."],
    ]);
    const first = await numberedPage(ctx, { ...page, conversationId, skip: 0 });
    expect([seqs(first.messages), first.total]).toEqual([[6, 9, 10], 4]);
    const second = await numberedPage(ctx, { ...page, conversationId, skip: 3 });
    expect([seqs(second.messages), second.total]).toEqual([[5], 4]);
  });

  test("beyond the end, however far, is empty and tells how many there are", async () => {
    for (const skip of [4, 1_000, Number.MAX_SAFE_INTEGER]) {
      expect(await numberedPage(ctx, { ...page, conversationId, skip })).toEqual({ messages: [], total: 4 });
    }
    expect(await numberedPage(ctx, { ...page, conversationId: 999_999, skip: 0 })).toEqual({ messages: [], total: 0 });
  });

  test("before a message of another conversation, or of none, is not found", async () => {
    const { rows } = await sql("select max(id) as id from messages where conversation_id <> $1", [conversationId]);
    for (const beforeId of [Number(rows[0].id), 999_999_999, 0]) {
      expect(await refusalOf(pageBefore(ctx, { ...page, conversationId, beforeId }))).toBe("NOT_FOUND before");
    }
  });

  test("is refused where it is too small, too large, or begins nowhere", async () => {
    for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
      expect(await refusalOf(numberedPage(ctx, { ...page, conversationId, skip: 0, limit }))).toBe(
        "BAD_USER_INPUT limit",
      );
      expect(await refusalOf(pageBefore(ctx, { ...page, conversationId, beforeId: null, limit }))).toBe(
        "BAD_USER_INPUT limit",
      );
    }
    for (const skip of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await refusalOf(numberedPage(ctx, { ...page, conversationId, skip }))).toBe("BAD_USER_INPUT skip");
    }
  });
});

describe("in a room of 100,000 messages, of which 500 are gone,", () => {
  const WRITTEN = 100_000;
  const GONE = 500;
  let conversationId: number;
  let middle: number;

  beforeAll(async () => {
    const client = await server.services.database.pool.connect();
    try {
      await client.query("set session_replication_role = replica");
      const { rows } = await client.query(
        "insert into conversations (kind, name, last_seq, position) values ('GROUP', 'Hall', $1, $1) returning id",
        [WRITTEN],
      );
      conversationId = Number(rows[0].id);
      await client.query(
        `insert into messages (conversation_id, seq, position, added_position, type, content, deleted_at)
           select $1, n, n, n, 'TEXT', 'number ' || n, case when n % ${WRITTEN / GONE} = 0 then now() end
           from generate_series(1, ${WRITTEN}) n`,
        [conversationId],
      );
    } finally {
      client.release(true);
    }
    const { rows } = await sql("select id from messages where conversation_id = $1 and seq = 50000", [conversationId]);
    middle = Number(rows[0].id);
  });

  const before = async (withGone: boolean): Promise<void> => {
    const messages = await pageBefore(ctx, { conversationId, beforeId: middle, limit: 50, withGone });
    expect([messages.length, messages.at(-1)?.seq]).toEqual([50, 49_999]);
  };

  /** The most rows that one step of a plan met, and the plan. */
  async function met(work: () => Promise<unknown>): Promise<{ rows: number; plan: string }> {
    const plan = await planOf(server, work, "(analyze, timing off, summary off)");
    const rows = [...plan.matchAll(/\(actual rows=([\d.]+) loops=1\)|Rows Removed by Filter: (\d+)/g)];
    expect(rows.length).toBeGreaterThan(3);
    return { rows: Math.max(...rows.map(([, actual, removed]) => Number(actual ?? removed))), plan };
  }

  describe.each([
    ["without statistics", () => Promise.resolve()],
    ["with statistics", () => sql("analyze messages")],
  ])("%s,", (_, prepare) => {
    beforeAll(async () => void (await prepare()));

    test.each([0, 50_000, 99_000])("a page reads little more than itself and the gone ones: skip %i", async (skip) => {
      for (const withGone of [true, false]) {
        const { rows, plan } = await met(() =>
          numberedPage(ctx, { conversationId, skip, limit: 50, withGone }).then(({ messages, total }) => {
            expect(messages).toHaveLength(50);
            expect(total).toBe(withGone ? WRITTEN : WRITTEN - GONE);
          }),
        );
        expect(plan).not.toContain("Seq Scan on messages");
        expect(plan).toContain("messages_conversation_id_seq_key");
        expect(plan.includes("messages_gone_idx")).toBe(!withGone);
        expect(rows).toBeLessThanOrEqual(withGone ? 50 : GONE);
      }
    });

    test("a page before a message reads little more than itself", async () => {
      const { rows, plan } = await met(() => before(true));
      expect(plan).not.toContain("Seq Scan on messages");
      expect(rows).toBeLessThanOrEqual(51);
    });
  });

  test("a page before a message that leaves out the gone ones reads little more than itself, by statistics", async () => {
    const { rows, plan } = await met(() => before(false));
    expect(plan).not.toContain("Seq Scan on messages");
    expect(rows).toBeLessThanOrEqual(51);
  });
});

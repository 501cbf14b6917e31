import { logColumnsOf, type LogRow } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { PAGE_MAXIMUM } from "../kernel/pages.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./row.ts";

/** The condition under which a message `m` is gone: deleted or recalled. As the index messages_gone_idx has it. */
const GONE = "(m.deleted_at is not null or m.recalled_at is not null)";

const COLUMNS = logColumnsOf("m");

/** What both kinds of pages ask for. */
interface Page {
  readonly conversationId: number;
  /** Messages, 1-100. */
  readonly limit: number;
  /** Whether messages that were deleted or recalled are shown, as such; else they are left out. */
  readonly withGone: boolean;
}

/**
 * The messages before one, or the newest ones, the oldest first. The caller has made sure that the viewer sees the
 * conversation.
 *
 * @param beforeId a message of the conversation, which itself is not on the page; null for the newest page
 * @throws BAD_USER_INPUT, NOT_FOUND naming `before` where it is no message of the conversation
 */
export async function pageBefore(
  ctx: Context,
  { conversationId, limit, withGone, beforeId }: Page & { readonly beforeId: number | null },
): Promise<Message[]> {
  demandLimit(limit);
  const rows = await ctx.sql<LogRow>(
    `select b.bound, ${COLUMNS}
     from (select case when $2::bigint is null then (select last_seq + 1 from conversations where id = $1)
       else (select seq from messages where id = $2 and conversation_id = $1) end as bound) b
     left join lateral (
       select * from messages m where m.conversation_id = $1 and m.seq < b.bound
         ${withGone ? "and m.seq >= b.bound - $3::bigint" : `and not ${GONE}`}
       order by m.seq desc limit $3) m on true
     order by m.seq`,
    [conversationId, beforeId, limit],
  );
  if (beforeId !== null && rows[0]?.bound == null) throw notFound("before", "message");
  return messagesOf(rows);
}

/**
 * A page of a conversation's history by its number: so many messages after so many newer ones were skipped, the oldest
 * first, and how many there are in all. Beyond the end it is empty. The caller has made sure that the viewer sees the
 * conversation.
 *
 * It is found without counting through the history, however deep: `seq` has no hole between the oldest message that is
 * kept and the newest, so that places are differences of `seq`, shifted by the gone ones where those are left out, of
 * which there are few, and an index.
 *
 * @param skip messages newer than the page, counted as they are shown
 * @throws BAD_USER_INPUT
 */
export async function numberedPage(
  ctx: Context,
  { conversationId, limit, withGone, skip }: Page & { readonly skip: number },
): Promise<{ messages: Message[]; total: number }> {
  demandLimit(limit);
  if (!Number.isSafeInteger(skip) || skip < 0) throw badInput("skip", "skip must be a whole number, 0 or more.");
  const rows = await ctx.sql<LogRow>(
    `with whole as materialized (
       select c.last_seq, c.last_seq + 1 - coalesce(
         (select seq from messages where conversation_id = $1 order by seq limit 1), c.last_seq + 1) as kept
       from conversations c where c.id = $1),
     ${withGone ? PLACE_AMONG_ALL : PLACE_AMONG_SHOWN}
     select p.total, ${COLUMNS}
     from place p left join messages m on m.conversation_id = $1 and m.seq between p.oldest and p.newest
       ${withGone ? "" : `and not ${GONE}`}
     order by m.seq`,
    [conversationId, skip, limit],
  );
  return { messages: messagesOf(rows), total: Number(rows[0]?.total ?? 0) };
}

/** How many messages are shown, and the first and last `seq` of the page; beyond the end they lie below what is kept. */
const PLACE_AMONG_ALL = `
  place as materialized (
    select kept as total, last_seq - $2::bigint as newest, last_seq - $2::bigint - $3::bigint + 1 as oldest from whole)`;

/**
 * The same where the gone ones are left out. A gone message lies above the shown one at a place where no more than so many
 * that are shown are newer than it: its own place among the gone ones tells how many those are.
 */
const PLACE_AMONG_SHOWN = `
  gone as materialized (
    select m.seq, row_number() over (order by m.seq desc) - 1 as newer_gone
    from messages m where m.conversation_id = $1 and ${GONE}),
  place as materialized (
    select w.kept - g.all_of_them as total, w.last_seq - $2::bigint - g.above_newest as newest,
      w.last_seq - $2::bigint - $3::bigint + 1 - g.above_oldest as oldest
    from whole w cross join lateral (
      select count(*) as all_of_them,
        count(*) filter (where w.last_seq - gone.seq - newer_gone <= $2::bigint) as above_newest,
        count(*) filter (where w.last_seq - gone.seq - newer_gone <= $2::bigint + $3::bigint - 1) as above_oldest
      from gone) g)`;

const messagesOf = (rows: readonly LogRow[]): Message[] => rows.filter(({ id }) => id !== null).map(messageOf);

function demandLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAXIMUM) {
    throw badInput("limit", `limit must be between 1 and ${PAGE_MAXIMUM}.`, PAGE_MAXIMUM);
  }
}

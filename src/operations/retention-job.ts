import { lockConversation } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { holds } from "./retention.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Each hour: removes the messages that no rule keeps any longer. */
    retention: Record<string, never>;
  }
}

/** Messages removed under one lock of their conversation: whoever writes there meanwhile waits some milliseconds. */
const BATCH = 500;
/** Conversations looked through by one statement. */
const CONVERSATIONS = 1_000;

/**
 * Removes the messages that are kept no longer, with all that hangs on them: reactions, pins, edits, receipts,
 * notifications. The log goes on as if they had changed long ago: numbers and positions go on counting and are never
 * given out again, a reader gets what remains, whatever cursor they come with, and no event tells of it: what clients
 * hold they keep until they load it anew. A message that is answered or forwarded leaves the answer behind. A
 * clientMessageId of a message that is gone is forgotten with it.
 */
export async function retention(ctx: Context): Promise<void> {
  let after: number | null = 0;
  while (after !== null) after = await removeAmong(ctx, after);
}

/** @returns up to which conversation was looked; null where it was the last one */
async function removeAmong(ctx: Context, after: number): Promise<number | null> {
  const { days, messages } = ctx.services.retention;
  const rows = await ctx.sql<{ id: string; cut: string }>(
    `with looked as materialized (
       select c.id, c.last_seq, ${holds("days", "$1")} as days, ${holds("messages", "$2")} as messages
       from conversations c left join retention_rules r on r.conversation_id = c.id
       where c.id > $3 and ($1::int is not null or $2::int is not null or r.conversation_id is not null)
       order by c.id limit ${CONVERSATIONS})
     select l.id, greatest(
       l.last_seq - l.messages,
       case when o.created_at < now() - make_interval(days => l.days)
         then first_seq_since(l.id, now() - make_interval(days => l.days)) - 1 end,
       0) as cut
     from looked l left join lateral (
       select m.created_at from messages m where m.conversation_id = l.id order by m.seq limit 1) o on true
     order by l.id`,
    [days, messages, after],
  );
  for (const { id, cut } of rows) if (Number(cut) > 0) await removeUpTo(ctx, Number(id), Number(cut));
  const last = rows.at(-1);
  return last === undefined || rows.length < CONVERSATIONS ? null : Number(last.id);
}

/** Removes what a conversation says up to a number, a little at a time. */
async function removeUpTo(ctx: Context, conversationId: number, seq: number): Promise<void> {
  while (await ctx.transaction((tx) => removeSome(tx, conversationId, seq)));
}

/** @returns whether there may be more */
async function removeSome(tx: Context, conversationId: number, upTo: number): Promise<boolean> {
  // Whoever changes a message holds this lock: none of theirs goes while they do.
  await lockConversation(tx, conversationId);
  const [row] = await tx.sql<{ n: string; seq: string | null }>(
    `with gone as (
       delete from messages where id = any (array(
         select id from messages where conversation_id = $1 and seq <= $2 order by seq limit ${BATCH}))
       returning seq)
     select count(*) as n, max(seq) as seq from gone`,
    [conversationId, upTo],
  );
  if (row === undefined || row.seq === null) return false;
  const seq = Number(row.seq);
  // Nobody can read any more what these are about. Receipts of what is left need only what lies behind it.
  await tx.sql(
    "delete from notifications where conversation_id = $1 and type in ('MESSAGE', 'MENTION') and seq <= $2",
    [conversationId, seq],
  );
  await tx.sql("delete from read_advances where conversation_id = $1 and seq <= $2", [conversationId, seq]);
  return Number(row.n) === BATCH;
}

import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { demand, standing } from "../rooms/permissions.ts";
import { TODAY, demandDays } from "./days.ts";
import type { ConversationDay, ConversationStats, TopSender } from "./statistics.ts";

/** Messages of which it is counted who wrote them, at the most: the newest ones. */
export const COUNTED_FOR_SENDERS = 10_000;
/** People who are named for having written most. */
export const TOP_SENDERS = 10;

/**
 * How much is going on in a conversation, for those who moderate it and for the two of a direct one.
 *
 * @param days 1-90, today included
 * @throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT
 */
export async function conversationStats(
  ctx: Context,
  conversationId: number,
  days: number,
): Promise<ConversationStats> {
  demandDays(days);
  const who = await standing(ctx, conversationId);
  demand(who, "measure");
  const { lastSeq, memberCount } = who.conversation;
  const byDay = await daysOf(ctx, conversationId, days);
  const total = byDay.reduce((sum, { messages }) => sum + messages, 0);
  const counted = Math.min(total, COUNTED_FOR_SENDERS);
  return {
    messages: lastSeq,
    members: memberCount,
    days: byDay,
    topSenders: await sendersOf(ctx, conversationId, counted),
    countedMessages: counted,
  };
}

async function daysOf(ctx: Context, conversationId: number, days: number): Promise<ConversationDay[]> {
  const rows = await ctx.sql<{ day: string; messages: string }>(
    `with starts as materialized (
       select day, first_seq_since($1, day) as first
       from generate_series(${TODAY} - make_interval(hours => 24 * ($2 - 1)), ${TODAY} + interval '24 hours', '24 hours') day)
     select day, lead(first) over (order by day) - first as messages from starts order by day limit $2`,
    [conversationId, days],
  );
  return rows.map((row) => ({ day: time(row.day), messages: Number(row.messages) }));
}

async function sendersOf(ctx: Context, conversationId: number, counted: number): Promise<TopSender[]> {
  const rows = await ctx.sql<{ sender_id: string; messages: string }>(
    `select sender_id, count(*) as messages
     from (select sender_id from messages where conversation_id = $1 order by seq desc limit $2) newest
     where sender_id is not null group by sender_id order by messages desc, sender_id limit $3`,
    [conversationId, counted, TOP_SENDERS],
  );
  return rows.map((row) => ({ userId: Number(row.sender_id), messages: Number(row.messages) }));
}

import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { unauthenticated } from "../kernel/errors.ts";
import { onlineCount } from "../presence/online.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { TODAY, demandDays } from "./days.ts";
import type { ChatStats, ServerDay, ServerStats } from "./statistics.ts";

/** Tables of at most so many pages of 8 KB are counted; of larger ones PostgreSQL's own estimate is taken. */
const COUNTED_PAGES = 500;
/** As many messages of a day are counted; of more the difference of their ids is taken. */
const COUNTED_MESSAGES = 10_000;

/** The numbers that are everybody's. @throws UNAUTHENTICATED */
export async function chatStats(ctx: Context): Promise<ChatStats> {
  if (ctx.viewer === null) throw unauthenticated();
  const [{ users, onlineUsers }, messages, messagesToday, rooms] = await Promise.all([
    people(ctx),
    countOf(ctx, "messages"),
    messagesOfToday(ctx),
    numberOf(ctx, "select count(*) as n from conversations where visibility = 'PUBLIC'"),
  ]);
  return { users, onlineUsers, rooms, messages, messagesToday };
}

/**
 * The numbers that are the administrators'.
 *
 * @param days 1-90, today included
 * @throws FORBIDDEN, BAD_USER_INPUT
 */
export async function serverStats(ctx: Context, days: number): Promise<ServerStats> {
  demandAdministrator(ctx);
  demandDays(days);
  const [counted, conversations, rooms, groups, messages, openReports, byDay] = await Promise.all([
    people(ctx),
    countOf(ctx, "conversations"),
    numberOf(ctx, "select count(*) as n from conversations where kind = 'ROOM'"),
    numberOf(ctx, "select count(*) as n from conversations where kind = 'GROUP'"),
    countOf(ctx, "messages"),
    numberOf(ctx, "select count(*) as n from message_reports where state = 'OPEN'"),
    serverDays(ctx, days),
  ]);
  const directConversations = Math.max(conversations - rooms - groups, 0);
  return { ...counted, rooms, groups, directConversations, messages, openReports, days: byDay };
}

/** How many PUBLIC rooms there are in which anything happened within the last 24 hours. @throws UNAUTHENTICATED */
export async function activeRooms(ctx: Context): Promise<number> {
  if (ctx.viewer === null) throw unauthenticated();
  return numberOf(
    ctx,
    "select count(*) as n from conversations where visibility = 'PUBLIC' and updated_at > now() - interval '24 hours'",
  );
}

/** Everybody is in the room "global", whose members are counted as they come. */
async function people(ctx: Context): Promise<Pick<ServerStats, "users" | "deactivatedUsers" | "onlineUsers">> {
  const [accounts, deactivatedUsers, onlineUsers] = await Promise.all([
    numberOf(ctx, "select member_count as n from conversations where lower(slug) = 'global'"),
    numberOf(ctx, "select count(*) as n from users where deactivated_at is not null"),
    onlineCount(ctx),
  ]);
  return { users: accounts - deactivatedUsers, deactivatedUsers, onlineUsers };
}

async function messagesOfToday(ctx: Context): Promise<number> {
  const [row] = await ctx.sql<{ first: string; next: string }>(
    `select first_id_since('messages', ${TODAY}) as first, coalesce(max(id), 0) + 1 as next from messages`,
  );
  const [first, next] = [Number(row?.first), Number(row?.next)];
  if (next - first > COUNTED_MESSAGES) return next - first;
  return numberOf(ctx, "select count(*) as n from messages where id >= $1", [first]);
}

async function serverDays(ctx: Context, days: number): Promise<ServerDay[]> {
  const rows = await ctx.sql<{ day: string; messages: string; registrations: string }>(
    `with starts as materialized (
       select day, first_id_since('messages', day) as first
       from generate_series(${TODAY} - make_interval(hours => 24 * ($1 - 1)), ${TODAY} + interval '24 hours', '24 hours') day)
     select s.day, lead(s.first) over (order by s.day) - s.first as messages,
       (select count(*) from users u where u.created_at >= s.day and u.created_at < s.day + interval '1 day')
         as registrations
     from starts s order by s.day limit $1`,
    [days],
  );
  return rows.map((row) => ({
    day: time(row.day),
    messages: Number(row.messages),
    registrations: Number(row.registrations),
  }));
}

/** How many rows a table has, without counting a large one through. */
async function countOf(ctx: Context, table: "messages" | "conversations"): Promise<number> {
  const pages = await numberOf(ctx, "select pg_relation_size($1::regclass) / current_setting('block_size')::int as n", [
    table,
  ]);
  if (pages <= COUNTED_PAGES) return numberOf(ctx, `select count(*) as n from ${table}`);
  const [row] = await ctx.sql<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    `explain (format json) select from ${table}`,
  );
  return row?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0;
}

async function numberOf(ctx: Context, text: string, parameters: readonly (string | number)[] = []): Promise<number> {
  const [row] = await ctx.sql<{ n: string }>(text, parameters);
  return Number(row?.n ?? 0);
}

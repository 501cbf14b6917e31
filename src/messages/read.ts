import { LOG_COLUMNS, type LogRow } from "../conversations/log.ts";
import type { Conversation } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import type { PageKey, PageRequest } from "../kernel/pages.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./row.ts";

/** Messages by their numbers, whoever asks; null for one that does not exist. For `ctx.load`. */
export async function byId(ctx: Context, ids: readonly number[]): Promise<(Message | null)[]> {
  const rows = await ctx.sql<LogRow>(`select ${LOG_COLUMNS} from messages where id = any ($1)`, [ids]);
  const found = new Map(rows.map((row) => [Number(row.id), messageOf(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** A page of one conversation's history. */
export interface HistoryKey {
  readonly conversationId: number;
  readonly request: PageRequest;
}

/** What a page of messages is sorted by. */
export const messageKey = ({ seq }: Message): PageKey => [seq];

/**
 * Pages of history, as `connection` takes them: `size + 1` messages in the order of the walk. One statement for all
 * conversations of which the same page is asked. For `ctx.load`.
 */
export async function histories(ctx: Context, keys: readonly HistoryKey[]): Promise<Message[][]> {
  const alike = Map.groupBy(keys, ({ request }) => JSON.stringify(request));
  const pages = new Map<HistoryKey, Message[]>();
  await Promise.all(
    [...alike.values()].map(async (group) => {
      const { request } = group[0] as HistoryKey;
      const found = await samePageOfEach(
        ctx,
        group.map(({ conversationId }) => conversationId),
        request,
      );
      for (const key of group) pages.set(key, found.get(key.conversationId) ?? []);
    }),
  );
  return keys.map((key) => pages.get(key) ?? []);
}

async function samePageOfEach(
  ctx: Context,
  conversationIds: readonly number[],
  { after, before, fromEnd, size }: PageRequest,
): Promise<Map<number, Message[]>> {
  const order = fromEnd ? "desc" : "asc";
  const rows = await ctx.sql<LogRow>(
    `select m.* from unnest($1::bigint[]) as c (id) cross join lateral (
       select ${LOG_COLUMNS} from messages
       where conversation_id = c.id and seq > $2 and seq < $3 order by seq ${order} limit $4) m`,
    [conversationIds, after?.[0] ?? 0, before?.[0] ?? Number.MAX_SAFE_INTEGER, size + 1],
  );
  return Map.groupBy(rows.map(messageOf), ({ conversationId }) => conversationId);
}

/** Each conversation's newest message, as of when the conversation itself was read. For `ctx.load`. */
export async function newest(ctx: Context, conversations: readonly Conversation[]): Promise<(Message | null)[]> {
  const rows = await ctx.sql<LogRow>(
    `select ${LOG_COLUMNS} from messages
     where (conversation_id, seq) in (select * from unnest($1::bigint[], $2::bigint[]))`,
    [conversations.map(({ id }) => id), conversations.map(({ lastSeq }) => lastSeq)],
  );
  const found = new Map(rows.map((row) => [Number(row.conversation_id), messageOf(row)]));
  return conversations.map(({ id }) => found.get(id) ?? null);
}

/** What somebody sent under these names, by name. */
export async function byClientMessageIds(
  ctx: Context,
  senderId: number,
  clientMessageIds: readonly string[],
): Promise<Map<string, Message>> {
  const rows = await ctx.sql<LogRow>(
    `select ${LOG_COLUMNS} from messages where sender_id = $1 and client_message_id = any ($2)`,
    [senderId, clientMessageIds],
  );
  return new Map(rows.map((row) => [String(row.client_message_id), messageOf(row)]));
}

import type { Conversation } from "../conversations/conversation.ts";
import { LOG_COLUMNS, type LogRow } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./row.ts";

/** Messages of a conversation, from the newest on, among which one is looked for that is not gone. */
const LOOKED_AT = 100;

/**
 * The newest message of each conversation that was neither deleted nor recalled, as of when the conversation itself was
 * read: for lists that have no word for a message that is gone. Null where nothing was said, or the newest
 * {@link LOOKED_AT} are all gone. For `ctx.load`.
 */
export async function lastSpoken(ctx: Context, conversations: readonly Conversation[]): Promise<(Message | null)[]> {
  const rows = await ctx.sql<LogRow>(
    `select m.* from unnest($1::bigint[], $2::bigint[]) as c (id, last_seq) cross join lateral (
       select ${LOG_COLUMNS} from messages
       where conversation_id = c.id and seq <= c.last_seq and seq > c.last_seq - $3
         and deleted_at is null and recalled_at is null
       order by seq desc limit 1) m`,
    [conversations.map(({ id }) => id), conversations.map(({ lastSeq }) => lastSeq), LOOKED_AT],
  );
  const found = new Map(rows.map((row) => [Number(row.conversation_id), messageOf(row)]));
  return conversations.map(({ id }) => found.get(id) ?? null);
}

import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import {
  type Connection,
  connection,
  connectionType,
  type PageArguments,
  type PageRequest,
  pageRequest,
} from "../kernel/pages.ts";
import { may, standing } from "../rooms/permissions.ts";
import { MessageEdit } from "./message-edit.ts";
import type { Message } from "./message.ts";

/** Edits that are kept of a message, at the most: the latest ones. */
export const EDITS_KEPT_MAXIMUM = 100;

/** MessageEditConnection and MessageEditEdge. */
export const MessageEditPage = connectionType(MessageEdit, "MessageEdit");

/** Keeps what a message says, which is about to be replaced. The caller holds the conversation's lock. */
export async function keepPast(tx: Context, { id, content }: Message): Promise<void> {
  await tx.sql(
    `with latest as (select coalesce(max(revision), 0) as revision from message_edits where message_id = $1),
     forgotten as (
       delete from message_edits
       where message_id = $1 and revision <= (select revision from latest) + 1 - ${EDITS_KEPT_MAXIMUM})
     insert into message_edits (message_id, revision, content, edited_at)
     select $1, revision + 1, $2, clock_timestamp() from latest`,
    [id, content],
  );
}

/** Forgets what a message ever said before. */
export async function forgetPast(tx: Context, messageId: number): Promise<void> {
  await tx.sql("delete from message_edits where message_id = $1", [messageId]);
}

/**
 * What a message said before, the latest first; null for those who neither sent it nor moderate there. Empty once it
 * was deleted or recalled.
 */
export async function history(
  ctx: Context,
  message: Message,
  page: PageArguments,
): Promise<Connection<MessageEdit> | null> {
  const request = pageRequest(page, ["number"]);
  if (message.senderId !== ctx.me.userId && !may(await standing(ctx, message.conversationId), "deleteMessages")) {
    return null;
  }
  // Most were never edited: that is known without asking.
  const found = message.isEdited && !message.isGone ? await ctx.load(pasts, { messageId: message.id, request }) : [];
  return connection(request, found, ({ revision }) => [revision]);
}

/** A page of one message's past. */
interface PastKey {
  readonly messageId: number;
  readonly request: PageRequest;
}

/** Many messages' pages in one statement: what is not asked for is not read, it may be megabytes. For `ctx.load`. */
async function pasts(ctx: Context, keys: readonly PastKey[]): Promise<MessageEdit[][]> {
  const rows = await ctx.sql(
    `select k.ord, e.message_id, e.revision, e.content, e.edited_at
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::int[]) with ordinality
       as k (message_id, above, below, size, direction, ord)
     cross join lateral (
       select * from message_edits
       where message_id = k.message_id and revision > k.above and revision < k.below
       order by revision * k.direction limit k.size) e
     order by k.ord, e.revision * k.direction`,
    [
      keys.map(({ messageId }) => messageId),
      keys.map(({ request }) => Number(request.before?.[0] ?? -1)),
      keys.map(({ request }) => Number(request.after?.[0] ?? Number.MAX_SAFE_INTEGER)),
      keys.map(({ request }) => request.size + 1),
      // The latest first, unless the page is cut from the end.
      keys.map(({ request }) => (request.fromEnd ? 1 : -1)),
    ],
  );
  const found = Map.groupBy(rows, ({ ord }) => Number(ord));
  return keys.map((_, place) =>
    (found.get(place + 1) ?? []).map((row) =>
      Object.assign(new MessageEdit(), {
        messageId: Number(row.message_id),
        revision: row.revision as number,
        content: row.content as string,
        editedAt: time(row.edited_at),
      }),
    ),
  );
}

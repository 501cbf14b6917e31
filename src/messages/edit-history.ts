import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { type Connection, connection, connectionType, type PageArguments, pageRequest } from "../kernel/pages.ts";
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
  const past = message.isEdited && !message.isGone ? await ctx.load(pasts, message.id) : [];
  const walked = request.fromEnd ? past.toReversed() : past;
  const found = walked.filter(
    ({ revision }) =>
      revision < Number(request.after?.[0] ?? Infinity) && revision > Number(request.before?.[0] ?? -Infinity),
  );
  return connection(request, found.slice(0, request.size + 1), ({ revision }) => [revision]);
}

/** All that is kept of each message, the latest first. For `ctx.load`. */
async function pasts(ctx: Context, messageIds: readonly number[]): Promise<MessageEdit[][]> {
  const rows = await ctx.sql(
    `select message_id, revision, content, edited_at from message_edits
     where message_id = any ($1) order by message_id, revision desc`,
    [messageIds],
  );
  const found = Map.groupBy(
    rows.map((row) =>
      Object.assign(new MessageEdit(), {
        messageId: Number(row.message_id),
        revision: row.revision as number,
        content: row.content as string,
        editedAt: time(row.edited_at),
      }),
    ),
    ({ messageId }) => messageId,
  );
  return messageIds.map((id) => found.get(id) ?? []);
}

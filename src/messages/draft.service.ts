import { ofViewer } from "../conversations/memberships.ts";
import { visible as visibleConversation } from "../conversations/reach.ts";
import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { conflict, forbidden } from "../kernel/errors.ts";
import { type Connection, connection, connectionType, type PageArguments, pageRequest } from "../kernel/pages.ts";
import { TIME_KEY, timePage } from "../kernel/time-page.ts";
import { checkedText } from "../kernel/text.ts";
import { tellUsers } from "../realtime/events.ts";
import { Draft } from "./draft.ts";
import { visibleIn } from "./reach.ts";
import { CONTENT_MAXIMUM } from "./send-input.ts";

/** Drafts that somebody keeps, at the most. */
export const DRAFTS_MAXIMUM = 500;

/** DraftConnection and DraftEdge. */
export const DraftPage = connectionType(Draft, "Draft");

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** The receiver's draft in a conversation was saved or deleted, on one of their devices. */
    draft: { readonly conversationId: number };
  }
}

const COLUMNS = "d.user_id, d.conversation_id, d.content, d.reply_to_id, d.updated_at";

/**
 * Keeps what the viewer has begun to write in a conversation, in the place of what was kept there. Sending a message
 * leaves it alone: it may have been written on another device.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for those who are no members, CONFLICT where too many are kept
 */
export async function save(
  ctx: Context,
  input: { conversationId: number; content: string; replyToId: number | null },
): Promise<Draft> {
  const { conversationId, replyToId } = input;
  const content = checkedText("content", input.content, { min: 1, max: CONTENT_MAXIMUM });
  await visibleConversation(ctx, conversationId, "conversationId");
  if (replyToId !== null) await visibleIn(ctx, replyToId, conversationId, "replyToId");
  const { userId } = ctx.me;
  const [row] = await ctx.sql(
    // The conversation's row first, as everywhere: drafts refer to it, and whoever deletes it takes it first too.
    `with held as materialized (select id from conversations where id = $2 for key share)
     insert into drafts as d (user_id, conversation_id, content, reply_to_id, updated_at)
     select m.user_id, held.id, $3, $4, clock_timestamp()
     from held join members m on m.conversation_id = held.id and m.user_id = $1 and m.left_at is null
     where exists (select 1 from drafts where user_id = $1 and conversation_id = $2)
       or (select count(*) from drafts where user_id = $1) < ${DRAFTS_MAXIMUM}
     on conflict (user_id, conversation_id) do update
       set content = excluded.content, reply_to_id = excluded.reply_to_id, updated_at = excluded.updated_at
     returning ${COLUMNS}`,
    [userId, conversationId, content, replyToId],
  );
  if (row === undefined) {
    // It may have been deleted a moment ago.
    await visibleConversation(ctx, conversationId, "conversationId");
    if ((await ctx.load(ofViewer, conversationId)) === null) throw forbidden("Join the room first.", "conversationId");
    throw conflict("conversationId", `At most ${DRAFTS_MAXIMUM} drafts are kept: delete one first.`);
  }
  tellUsers(ctx, [userId], { type: "draft", conversationId });
  return draftFrom(row);
}

/** Forgets the viewer's draft in a conversation; where there is none nothing changes. @throws NOT_FOUND */
export async function forget(ctx: Context, conversationId: number): Promise<void> {
  const { userId } = ctx.me;
  await visibleConversation(ctx, conversationId, "conversationId");
  const forgotten = await ctx.sql("delete from drafts where user_id = $1 and conversation_id = $2 returning 1", [
    userId,
    conversationId,
  ]);
  if (forgotten.length > 0) tellUsers(ctx, [userId], { type: "draft", conversationId });
}

/** The viewer's draft in each of these conversations, null where there is none. For `ctx.load`. */
export async function inConversations(ctx: Context, conversationIds: readonly number[]): Promise<(Draft | null)[]> {
  const rows = await ctx.sql(`select ${COLUMNS} from drafts d where user_id = $1 and conversation_id = any ($2)`, [
    ctx.me.userId,
    conversationIds,
  ]);
  const found = new Map(rows.map((row) => [Number(row.conversation_id), draftFrom(row)]));
  return conversationIds.map((id) => found.get(id) ?? null);
}

/** The viewer's drafts, in the conversations that they are in, the latest first. @throws BAD_USER_INPUT */
export async function list(ctx: Context, page: PageArguments): Promise<Connection<Draft>> {
  const request = pageRequest(page, TIME_KEY);
  const sorted = { time: "d.updated_at", id: "d.conversation_id" };
  const { end, parameters } = timePage(request, sorted, [ctx.me.userId]);
  const rows = await ctx.sql(
    `select ${COLUMNS} from drafts d
     join members m on m.conversation_id = d.conversation_id and m.user_id = d.user_id and m.left_at is null
     where d.user_id = $1 and ${end}`,
    parameters,
  );
  return connection(request, rows.map(draftFrom), ({ updatedAt, conversationId }) => [
    updatedAt.getTime(),
    conversationId,
  ]);
}

function draftFrom(row: Row): Draft {
  return Object.assign(new Draft(), {
    userId: Number(row.user_id),
    conversationId: Number(row.conversation_id),
    content: row.content as string,
    replyToId: row.reply_to_id === null ? null : Number(row.reply_to_id),
    updatedAt: time(row.updated_at),
  });
}

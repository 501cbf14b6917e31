import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { forbidden, notFound } from "../kernel/errors.ts";
import { administers } from "../users/administrators.ts";
import { CONVERSATION_COLUMNS, conversationFrom } from "./conversation-row.ts";
import type { Conversation } from "./conversation.ts";

/**
 * The condition under which a conversation `c` exists for somebody whose row in it is `v`, left joined: they are a member,
 * or it is a PUBLIC room they are not banned from, or any such room for an administrator of the server.
 *
 * @param isAdministrator the parameter that says whether they are one: `$3`
 */
export const REACHED = (isAdministrator: string): string =>
  `(v.id is not null and v.left_at is null
    or c.kind = 'ROOM' and (c.visibility = 'PUBLIC' or ${isAdministrator}) and v.is_banned is not true)`;

/** The conversations of these ids that exist for the viewer, in the order of the ids, null for the others. */
export async function reachable(ctx: Context, ids: readonly number[]): Promise<(Conversation | null)[]> {
  const rows = await ctx.sql(
    `select ${CONVERSATION_COLUMNS} from conversations c
     left join members v on v.conversation_id = c.id and v.user_id = $2
     where c.id = any ($1) and ${REACHED("$3")}`,
    [ids, ctx.me.userId, administers(ctx)],
  );
  return inOrder(ids, rows);
}

/** Conversations by id, whoever asks: for what was itself loaded through the viewer. Null where there is none. */
export async function byIds(ctx: Context, ids: readonly number[]): Promise<(Conversation | null)[]> {
  return inOrder(
    ids,
    await ctx.sql(`select ${CONVERSATION_COLUMNS} from conversations c where c.id = any ($1)`, [ids]),
  );
}

/**
 * A conversation as it exists for the viewer.
 *
 * @param field the argument that named it
 * @throws NOT_FOUND for an unknown id and for one that is out of the viewer's reach, which read the same
 */
export async function visible(ctx: Context, id: number, field: string): Promise<Conversation> {
  const conversation = await ctx.load(reachable, id);
  if (conversation === null) throw notFound(field, "conversation");
  return conversation;
}

/** @throws FORBIDDEN where the viewer sees no more of the conversation than its invite shows */
export function demandInside(conversation: Conversation): void {
  if (conversation.isPreview) throw forbidden("Accept the invite to see the people and messages of this conversation.");
}

function inOrder(ids: readonly number[], rows: readonly Row[]): (Conversation | null)[] {
  const found = new Map(rows.map((row) => [Number(row.id), conversationFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

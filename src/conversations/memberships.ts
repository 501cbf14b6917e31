import type { Context } from "../kernel/context.ts";
import { administers } from "../users/administrators.ts";
import { REACHED } from "./reach.ts";
import { MEMBER_COLUMNS, memberFrom } from "./member-row.ts";
import type { Member } from "./member.ts";
import type { NotificationLevel } from "./notification-level.ts";

/** The viewer's membership in each of these conversations, in their order; null where they are not in it. */
export async function ofViewer(ctx: Context, conversationIds: readonly number[]): Promise<(Member | null)[]> {
  const rows = await ctx.sql(
    `select ${MEMBER_COLUMNS} from members m where m.user_id = $1 and m.conversation_id = any ($2) and m.left_at is null`,
    [ctx.me.userId, conversationIds],
  );
  const found = new Map(rows.map((row) => [Number(row.conversation_id), memberFrom(row)]));
  return conversationIds.map((id) => found.get(id) ?? null);
}

/** Members by id, of conversations that exist for the viewer, in the order of the ids; null for the others. */
export async function reachableMembers(ctx: Context, ids: readonly number[]): Promise<(Member | null)[]> {
  const rows = await ctx.sql(
    `select ${MEMBER_COLUMNS} from members m join conversations c on c.id = m.conversation_id
     left join members v on v.conversation_id = c.id and v.user_id = $2
     where m.id = any ($1) and m.left_at is null and ${REACHED("$3")}`,
    [ids, ctx.me.userId, administers(ctx)],
  );
  const found = new Map(rows.map((row) => [Number(row.id), memberFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** Somebody's row in a conversation, those who left or were banned included; null for who was never in it. */
export async function rowOf(ctx: Context, conversationId: number, userId: number): Promise<Member | null> {
  const [row] = await ctx.sql(
    `select ${MEMBER_COLUMNS} from members m where m.conversation_id = $1 and m.user_id = $2`,
    [conversationId, userId],
  );
  return row === undefined ? null : memberFrom(row);
}

/** The rows of these users in a conversation, as {@link rowOf} finds them, in no order. */
export async function rowsOf(ctx: Context, conversationId: number, userIds: readonly number[]): Promise<Member[]> {
  const rows = await ctx.sql(
    `select ${MEMBER_COLUMNS} from members m where m.conversation_id = $1 and m.user_id = any ($2) order by m.user_id`,
    [conversationId, userIds],
  );
  return rows.map(memberFrom);
}

/**
 * Lets users in, those who were there before as anew: what was said meanwhile counts as read, and a mute stays. Whoever
 * is in already, or banned, is left as they are. The caller holds the conversation's lock and has checked its size.
 */
export async function enter(tx: Context, conversationId: number, userIds: readonly number[]): Promise<void> {
  await tx.sql(
    `insert into members (conversation_id, user_id, last_read_seq)
     select c.id, u.id, c.last_seq from conversations c, unnest($2::bigint[]) u (id) where c.id = $1
     on conflict (conversation_id, user_id) do update
       set role = 'MEMBER', joined_at = excluded.joined_at, left_at = null, last_read_seq = excluded.last_read_seq
       where members.left_at is not null and not members.is_banned`,
    [conversationId, userIds],
  );
}

/** Ends a membership, and the role with it. The caller holds the conversation's lock. */
export async function end(tx: Context, conversationId: number, userId: number, banned: boolean): Promise<void> {
  await tx.sql(
    `update members set left_at = coalesce(left_at, now()), role = 'MEMBER', is_banned = $3
     where conversation_id = $1 and user_id = $2`,
    [conversationId, userId, banned],
  );
}

/** Everybody who is in a conversation. */
export async function everybody(tx: Context, conversationId: number): Promise<number[]> {
  const rows = await tx.sql<{ user_id: string }>(
    "select user_id from members where conversation_id = $1 and left_at is null",
    [conversationId],
  );
  return rows.map((row) => Number(row.user_id));
}

/** Sets of what the viewer wants to be notified; null unsets it. @returns null where they are not in the conversation */
export async function setLevel(
  ctx: Context,
  conversationId: number,
  level: NotificationLevel | null,
): Promise<Member | null> {
  const [row] = await ctx.sql(
    `update members m set notification_level = $3
     where m.conversation_id = $1 and m.user_id = $2 and m.left_at is null returning ${MEMBER_COLUMNS}`,
    [conversationId, ctx.me.userId, level],
  );
  return row === undefined ? null : memberFrom(row);
}

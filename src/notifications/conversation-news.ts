import { ALL_UP_TO_MEMBERS } from "../conversations/notification-level.ts";
import type { Context } from "../kernel/context.ts";
import { announce } from "./notify.ts";
import { NEW_COLUMNS } from "./notification-row.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** The log of a conversation has something to tell its readers. The trigger messages_notify queues it. */
    notifyMembers: { readonly conversationId: number };
  }
}

/** Messages of a log that are told by one transaction, at the most. */
const AT_ONCE = 1_000;

/** What a part of a conversation's log is to be told to whom. */
interface Part {
  readonly conversationId: number;
  /** The part of the log: after this position … */
  readonly after: number;
  /** … up to this one. */
  readonly upTo: number;
  /** Whether members who set no level hear every message. */
  readonly small: boolean;
}

/**
 * Tells the readers of a conversation what its log has for them. Where it was read up to, and the notifications, are
 * written in one transaction under a lock: each message is told once, in the order of the log, however often and on
 * however many nodes the job runs.
 */
export async function notifyMembers(ctx: Context, { conversationId }: { conversationId: number }): Promise<void> {
  while (await ctx.transaction((tx) => notifyNext(tx, conversationId)));
}

/** @returns whether the log goes on after what was told */
async function notifyNext(tx: Context, conversationId: number): Promise<boolean> {
  const [reached] = await tx.sql<{ position: string }>(
    // The conversation's row first, as everywhere: whoever deletes it takes it first too.
    `with held as materialized (select id from conversations where id = $1 for key share)
     insert into notify_positions (conversation_id, handled_at) select id, clock_timestamp() from held
     on conflict (conversation_id) do update set queued_at = null, handled_at = excluded.handled_at
     returning position`,
    [conversationId],
  );
  if (reached === undefined) return false;
  const after = Number(reached.position);
  const [log] = await tx.sql<{ position: string; small: boolean; full_at: string | null }>(
    `select c.position, c.kind = 'DIRECT' or c.member_count <= ${ALL_UP_TO_MEMBERS} as small, (
       select m.added_position from messages m
       where m.conversation_id = c.id and m.position > $2 and m.added_position > $2 and ${TELLS}
       order by m.added_position offset ${AT_ONCE - 1} limit 1) as full_at
     from conversations c where c.id = $1`,
    [conversationId, after],
  );
  if (log === undefined) return false;
  const upTo = Number(log.full_at ?? log.position);
  const part: Part = { conversationId, after, upTo, small: log.small };
  await settleRead(tx, conversationId);
  const messages = await tellMessages(tx, part);
  await announce(tx, [...messages, ...(await tellAdded(tx, part))]);
  await tx.sql("update notify_positions set position = $2 where conversation_id = $1", [conversationId, upTo]);
  return upTo < Number(log.position);
}

/** Of `messages m`, those that can have readers to tell: somebody said it, or was put into the conversation by it. */
const TELLS = `(m.type <> 'SYSTEM' and m.sender_id is not null and m.deleted_at is null and m.recalled_at is null
  or m.system ->> 'event' in ('added', 'created'))`;

/** The part of the log, as a condition on `messages m`. A message that was changed since stands further on by its position. */
const IN_PART = `m.conversation_id = $1 and m.position > $2 and m.added_position > $2 and m.added_position <= $3`;

/** What was read is marked so: the next message is the first of a new notification. */
async function settleRead(tx: Context, conversationId: number): Promise<void> {
  await tx.sql(
    `update notifications n set read_at = coalesce(m.left_at, m.last_read_at, now()) from members m
     where n.conversation_id = $1 and n.read_at is null and n.type in ('MESSAGE', 'MENTION')
       and m.conversation_id = n.conversation_id and m.user_id = n.user_id
       and (m.left_at is not null or m.last_read_seq >= n.seq)`,
    [conversationId],
  );
}

/**
 * Mentions and direct messages are told always, others by the reader's level; not to the sender, not to whoever has
 * blocked them, and not what was read already. One row a reader and type, for all messages together.
 */
async function tellMessages(tx: Context, { conversationId, after, upTo, small }: Part) {
  const hears = small ? "coalesce(r.notification_level, 'ALL') = 'ALL' or d.is_direct" : "r.notification_level = 'ALL'";
  return tx.sql(
    `with d as materialized (select kind = 'DIRECT' as is_direct from conversations where id = $1),
     added as (delete from added_mentions where conversation_id = $1 returning message_id, user_id),
     said as materialized (
       select m.id, m.seq, m.sender_id, m.mentions from messages m where ${IN_PART} and ${TELLS} and m.type <> 'SYSTEM'),
     named as materialized (
       select s.id, s.seq, s.sender_id, u.id as user_id from said s, unnest(s.mentions) u (id)
       union
       select m.id, m.seq, m.sender_id, a.user_id from added a join messages m on m.id = a.message_id
       where ${TELLS} and m.added_position <= $3 and a.user_id = any (m.mentions)),
     told as (
       select r.user_id, 'MENTION' as type, n.id, n.seq, n.sender_id
       from named n join members r on r.conversation_id = $1 and r.user_id = n.user_id and r.left_at is null
       where n.sender_id <> r.user_id and n.seq > r.last_read_seq
       union all
       select r.user_id, 'MESSAGE', s.id, s.seq, s.sender_id
       from d, members r join said s on s.sender_id <> r.user_id and s.seq > r.last_read_seq
       where r.conversation_id = $1 and r.left_at is null and (${hears})
         and not exists (select 1 from named n where n.id = s.id and n.user_id = r.user_id)),
     news as (
       select t.user_id, t.type, count(*)::int as count, max(t.seq) as seq,
         (array_agg(t.id order by t.seq desc))[1] as message_id,
         (array_agg(t.sender_id order by t.seq desc))[1] as actor_id
       from told t left join notification_settings s on s.user_id = t.user_id
       where t.type <> all (coalesce(s.off, '{}'))
         and not exists (select 1 from blocks b where b.user_id = t.user_id and b.blocked_id = t.sender_id)
       group by t.user_id, t.type)
     insert into notifications as n (user_id, type, actor_id, conversation_id, message_id, seq, count, created_at, updated_at)
     select user_id, type, actor_id, $1, message_id, seq, count, clock_timestamp(), clock_timestamp()
     from news order by user_id, type
     on conflict (conversation_id, user_id, type) where read_at is null and type in ('MESSAGE', 'MENTION') do update set
       count = n.count + excluded.count, updated_at = excluded.updated_at, seq = greatest(n.seq, excluded.seq),
       actor_id = case when excluded.seq >= n.seq then excluded.actor_id else n.actor_id end,
       message_id = case when excluded.seq >= n.seq then excluded.message_id else n.message_id end
     returning ${NEW_COLUMNS}`,
    [conversationId, after, upTo],
  );
}

/** Who was put into the conversation by somebody else, as the log says it, and is still in it. */
async function tellAdded(tx: Context, { conversationId, after, upTo }: Part) {
  return tx.sql(
    `insert into notifications as n (user_id, type, actor_id, conversation_id, key)
     select r.user_id, 'ROOM_INVITE', a.actor_id, $1, 'added:' || a.id
     from (select m.id, (m.system ->> 'actorId')::bigint as actor_id, (u.id #>> '{}')::bigint as user_id
           from messages m, jsonb_array_elements(m.system -> 'userIds') u (id)
           where ${IN_PART} and m.type = 'SYSTEM' and m.system ->> 'event' in ('added', 'created')) a
     join members r on r.conversation_id = $1 and r.user_id = a.user_id and r.left_at is null
     join users actor on actor.id = a.actor_id
     left join notification_settings s on s.user_id = r.user_id
     where a.user_id <> a.actor_id and 'ROOM_INVITE' <> all (coalesce(s.off, '{}'))
       and not exists (select 1 from blocks b where b.user_id = r.user_id and b.blocked_id = a.actor_id)
     order by r.user_id
     on conflict (user_id, key) where key is not null do nothing
     returning ${NEW_COLUMNS}`,
    [conversationId, after, upTo],
  );
}

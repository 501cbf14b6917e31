import { Migration } from "@mikro-orm/migrations";

/** Notifying a conversation's readers is one statement, whose plans are made once a connection. */
export class Migration20261121000024_notify_members extends Migration {
  override up(): void {
    this.addSql(NOTIFY_MEMBERS);
  }

  override down(): void {
    this.addSql("drop function notify_members;");
  }
}

/** Of `messages m`, those that can have readers to tell: somebody said it, or was put into the conversation by it. */
const TELLS = `(m.type <> 'SYSTEM' and m.sender_id is not null and m.deleted_at is null and m.recalled_at is null
  or m.system ->> 'event' in ('added', 'created'))`;

/** The part of the log that is told. A message that was changed since it was added stands further on by its position. */
const IN_PART = `m.conversation_id = of_conversation and m.position > reached and m.added_position > reached
  and m.added_position <= up_to`;

/**
 * Tells the readers of a conversation what its log has for them, and moves the position up to which that was done: at
 * most `at_once` messages. `more` says whether there are more; `told` is a notification that was made or counted up.
 */
const NOTIFY_MEMBERS = `
create function notify_members(of_conversation bigint, at_once int, small_up_to int)
returns table (more boolean, told notifications) language plpgsql
-- As of write_messages: plans that were made while the tables were small keep to the indexes.
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  reached bigint;
  head bigint;
  up_to bigint;
  is_direct boolean;
  is_small boolean;
begin
  -- The conversation's row first, as everywhere: whoever deletes it takes it first too.
  perform 1 from conversations c where c.id = of_conversation for key share;
  if not found then return; end if;
  -- One at a time. From here on the mark is gone by which senders know of a job that has not begun.
  insert into notify_positions as p (conversation_id, handled_at) values (of_conversation, clock_timestamp())
    on conflict (conversation_id) do update set queued_at = null, handled_at = excluded.handled_at
    returning p.position into reached;
  select c.position, c.kind = 'DIRECT', c.kind = 'DIRECT' or c.member_count <= small_up_to
    into head, is_direct, is_small from conversations c where c.id = of_conversation;
  up_to := coalesce((
    select m.added_position from messages m
    where m.conversation_id = of_conversation and m.position > reached and m.added_position > reached and ${TELLS}
    order by m.added_position offset at_once - 1 limit 1), head);

  -- What was read is marked so: the next message is the first of a new notification.
  update notifications n set read_at = coalesce(m.left_at, m.last_read_at, now()) from members m
    where n.conversation_id = of_conversation and n.read_at is null and n.type in ('MESSAGE', 'MENTION')
      and m.conversation_id = n.conversation_id and m.user_id = n.user_id
      and (m.left_at is not null or m.last_read_seq >= n.seq);

  -- Mentions and direct messages are told always, others by the reader's level; not to the sender, not to whoever has
  -- blocked them, and not what was read already. One row a reader and type, for all messages together.
  return query
  with added as (delete from added_mentions a where a.conversation_id = of_conversation returning a.message_id, a.user_id),
  said as materialized (
    select m.id, m.seq, m.sender_id, m.mentions from messages m where ${IN_PART} and ${TELLS} and m.type <> 'SYSTEM'),
  named as materialized (
    select s.id, s.seq, s.sender_id, u.id as user_id from said s, unnest(s.mentions) u (id)
    union
    select m.id, m.seq, m.sender_id, a.user_id from added a join messages m on m.id = a.message_id
    where ${TELLS} and m.added_position <= up_to and a.user_id = any (m.mentions)),
  readers as materialized (
    select r.user_id, r.last_read_seq from members r
    where is_small and r.conversation_id = of_conversation and r.left_at is null
      and (is_direct or coalesce(r.notification_level, 'ALL') = 'ALL')
    union all
    select r.user_id, r.last_read_seq from members r
    where not is_small and r.conversation_id = of_conversation and r.left_at is null and r.notification_level = 'ALL'),
  told as (
    select r.user_id, 'MENTION' as type, n.id, n.seq, n.sender_id
    from named n join members r on r.conversation_id = of_conversation and r.user_id = n.user_id and r.left_at is null
    where n.sender_id <> r.user_id and n.seq > r.last_read_seq
    union all
    select r.user_id, 'MESSAGE', s.id, s.seq, s.sender_id
    from readers r join said s on s.sender_id <> r.user_id and s.seq > r.last_read_seq
    where not exists (select 1 from named n where n.id = s.id and n.user_id = r.user_id)),
  news as (
    select t.user_id, t.type, count(*)::int as count, max(t.seq) as seq,
      (array_agg(t.id order by t.seq desc))[1] as message_id,
      (array_agg(t.sender_id order by t.seq desc))[1] as actor_id
    from told t left join notification_settings s on s.user_id = t.user_id
    where t.type <> all (coalesce(s.off, '{}'))
      and not exists (select 1 from blocks b where b.user_id = t.user_id and b.blocked_id = t.sender_id)
    group by t.user_id, t.type)
  insert into notifications as n (user_id, type, actor_id, conversation_id, message_id, seq, count, created_at, updated_at)
  select user_id, type, actor_id, of_conversation, message_id, seq, count, clock_timestamp(), clock_timestamp()
  from news order by user_id, type
  on conflict (conversation_id, user_id, type) where read_at is null and type in ('MESSAGE', 'MENTION') do update set
    count = n.count + excluded.count, updated_at = excluded.updated_at, seq = greatest(n.seq, excluded.seq),
    actor_id = case when excluded.seq >= n.seq then excluded.actor_id else n.actor_id end,
    message_id = case when excluded.seq >= n.seq then excluded.message_id else n.message_id end
  returning up_to < head, n;

  -- Who was put into the conversation by somebody else, as the log says it, and is still in it.
  return query
  insert into notifications as n (user_id, type, actor_id, conversation_id, key)
  select r.user_id, 'ROOM_INVITE', a.actor_id, of_conversation, 'added:' || a.id
  from (select m.id, (m.system ->> 'actorId')::bigint as actor_id, (u.id #>> '{}')::bigint as user_id
        from messages m, jsonb_array_elements(m.system -> 'userIds') u (id)
        where ${IN_PART} and m.type = 'SYSTEM' and m.system ->> 'event' in ('added', 'created')) a
  join members r on r.conversation_id = of_conversation and r.user_id = a.user_id and r.left_at is null
  join users actor on actor.id = a.actor_id
  left join notification_settings s on s.user_id = r.user_id
  where a.user_id <> a.actor_id and 'ROOM_INVITE' <> all (coalesce(s.off, '{}'))
    and not exists (select 1 from blocks b where b.user_id = r.user_id and b.blocked_id = a.actor_id)
  order by r.user_id
  on conflict (user_id, key) where key is not null do nothing
  returning up_to < head, n;

  update notify_positions p set position = up_to where p.conversation_id = of_conversation;
  if up_to < head then return query select true, null::notifications; end if;
end $$;
`;

import { Migration } from "@mikro-orm/migrations";

/**
 * What older protocols need of messages and files: files that lie elsewhere on the web, names of files that are UUIDs, and
 * pages of history by number, which may leave out what is gone.
 */
export class Migration20261126000000_external_files extends Migration {
  override up(): void {
    this.addSql(COLUMNS);
    this.addSql(WRITE_MESSAGES);
    this.addSql(CASCADE_MESSAGE);
  }

  override down(): void {
    throw new Error("Messages carry files of elsewhere by now, which the schema before this one cannot hold.");
  }
}

const COLUMNS = `
alter table messages add column external_file jsonb null;
create index messages_gone_idx on messages (conversation_id, seq) where deleted_at is not null or recalled_at is not null;

alter table files add column public_id uuid not null default gen_random_uuid();
alter table files add constraint files_public_id_key unique (public_id);
`;

/** As it was, with `external`. */
const WRITE_MESSAGES = `
create or replace function write_messages(sends jsonb) returns table (
  ord int, outcome text, message_id bigint, seq bigint, "position" bigint, mentions bigint[], created_at timestamptz
) language plpgsql
-- The function's plans are made once a connection, perhaps while the tables are small: these keep them on the indexes.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  at timestamptz;
begin
  -- In the order of ids, so that two batches never wait for each other in a circle. What follows runs in a snapshot
  -- taken after the locks: a ban that was committed before a message's position was taken is seen.
  perform 1 from conversations c
    where c.id in (select (s ->> 'conversation')::bigint from jsonb_array_elements(sends) s)
    order by c.id for no key update;
  at := clock_timestamp();

  return query
  with sent as materialized (
    select * from jsonb_to_recordset(sends) as s (
      ord int, conversation bigint, sender bigint, type text, content text, location jsonb, reply bigint,
      file bigint, external jsonb, forwarded bigint, encrypted boolean, client text, fingerprint text, names text[])
  ),
  checked as materialized (
    select s.*, prior.id as prior_id, c.last_seq, c.position as last_position, m.last_read_seq,
      case
        when prior.id is not null then
          case when prior.fingerprint = decode(s.fingerprint, 'hex') then 'REPEAT' else 'CONFLICT' end
        when c.id is null then 'NOT_FOUND'
        when m.is_banned then case when c.visibility = 'PUBLIC' then 'BANNED' else 'NOT_FOUND' end
        when m.id is null or m.left_at is not null then
          case when c.visibility = 'PUBLIC' then 'NOT_MEMBER' else 'NOT_FOUND' end
        when m.is_muted then 'MUTED'
        when c.kind = 'DIRECT' and exists (
          select 1 from members o join users u on u.id = o.user_id
          where o.conversation_id = c.id and o.user_id <> s.sender and (
            u.deactivated_at is not null
            or exists (select 1 from blocks b where b.user_id = o.user_id and b.blocked_id = s.sender)
            or u.direct_message_policy = 'FRIENDS' and not exists (
              select 1 from friendships f where f.user_id = o.user_id and f.friend_id = s.sender))) then 'REFUSED'
        when c.kind = 'DIRECT' and exists (
          select 1 from members o join blocks b on b.user_id = s.sender and b.blocked_id = o.user_id
          where o.conversation_id = c.id) then 'BLOCKING'
        when s.reply is not null and not exists (
          select 1 from messages r where r.id = s.reply and r.conversation_id = s.conversation) then 'NO_REPLY'
        else 'WRITTEN'
      end as outcome
    from sent s
    left join conversations c on c.id = s.conversation
    left join members m on m.conversation_id = s.conversation and m.user_id = s.sender
    left join messages prior on prior.sender_id = s.sender and prior.client_message_id = s.client
  ),
  placed as materialized (
    select k.*, k.last_seq + n as seq, k.last_position + n as position,
      case when k.outcome = 'WRITTEN' then nextval('messages_id_seq') end as id,
      case when k.outcome = 'WRITTEN' and k.names is not null then (
        select array_agg(u.id) from users u
        join members o on o.conversation_id = k.conversation and o.user_id = u.id and o.left_at is null
        where lower(u.username) = any (k.names)) end as mentioned
    from (select c.*, count(*) filter (where c.outcome = 'WRITTEN') over (partition by c.conversation order by c.ord) as n
          from checked c) k
  ),
  moved as (
    update conversations c set last_seq = t.seq, position = t.position, updated_at = at
    from (select p.conversation, max(p.seq) as seq, max(p.position) as position
          from placed p where p.id is not null group by p.conversation) t
    where c.id = t.conversation
  ),
  written as (
    insert into messages (id, conversation_id, seq, position, added_position, sender_id, type, content, location,
      reply_to_id, file_id, external_file, forwarded_from_id, mentions, is_encrypted, client_message_id, fingerprint,
      created_at, updated_at)
    select p.id, p.conversation, p.seq, p.position, p.position, p.sender, p.type, p.content, p.location,
      p.reply, p.file, p.external, p.forwarded, p.mentioned, p.encrypted, p.client, decode(p.fingerprint, 'hex'), at, at
    from placed p where p.id is not null
  ),
  senders as materialized (
    select p.conversation, p.sender, max(p.seq) as seq, count(*) as n, min(p.last_read_seq) as last_read_seq
    from placed p where p.id is not null group by 1, 2
  ),
  read_up as (
    update members m set last_read_seq = t.seq, last_read_at = at, sent = m.sent + t.n from senders t
    where m.conversation_id = t.conversation and m.user_id = t.sender
  ),
  -- Who writes behind messages of others has read them: receipts want to know when.
  noted as (
    insert into read_advances (conversation_id, user_id, seq, read_at)
    select t.conversation, t.sender, t.seq, at from senders t where t.seq - t.last_read_seq > t.n
  )
  select p.ord, p.outcome, coalesce(p.id, p.prior_id), case when p.id is not null then p.seq end,
    case when p.id is not null then p.position end, p.mentioned, case when p.id is not null then at end
  from placed p;
end $$;
`;

/** As it was, with `externalFile`. */
const CASCADE_MESSAGE = `
-- What was deleted or recalled says nothing any more.
create or replace function cascade_message(m messages) returns json language sql stable as $$
  select json_build_object(
    'id', 'msg_' || m.id,
    'conversationId', 'conv_' || m.conversation_id,
    'seq', m.seq,
    'senderId', 'user_' || m.sender_id,
    'type', m.type,
    'content', case when coalesce(m.deleted_at, m.recalled_at) is null then m.content else '' end,
    'location', case when coalesce(m.deleted_at, m.recalled_at) is null then m.location end,
    'fileId', case when coalesce(m.deleted_at, m.recalled_at) is null then 'file_' || m.file_id end,
    'externalFile', case when coalesce(m.deleted_at, m.recalled_at) is null then m.external_file end,
    'replyToId', 'msg_' || m.reply_to_id,
    'forwardedFromId', case when coalesce(m.deleted_at, m.recalled_at) is null then 'msg_' || m.forwarded_from_id end,
    'mentions', cascade_ids('user_', case when coalesce(m.deleted_at, m.recalled_at) is null then array_to_string(m.mentions, ',') end),
    'note', case when m.system is not null then cascade_note(m.system) end,
    'isEncrypted', m.is_encrypted,
    'isEdited', m.edited_at is not null,
    'isDeleted', m.deleted_at is not null,
    'isRecalled', m.recalled_at is not null,
    'isPinned', m.pinned_at is not null,
    'clientMessageId', m.client_message_id,
    'createdAt', cascade_time(m.created_at),
    'updatedAt', cascade_time(m.updated_at))
$$;
`;

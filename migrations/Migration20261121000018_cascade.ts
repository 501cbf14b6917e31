import { Migration } from "@mikro-orm/migrations";

/**
 * The outbox of the cascade: triggers write down what happens, in the transaction in which it happens, whatever code
 * does it. What each event holds stands in src/operations/cascade-events.ts, and a test compares the two. Where the
 * cascade is off each trigger reads one row, and that is all.
 */
export class Migration20261121000018_cascade extends Migration {
  override up(): void {
    this.addSql(OUTBOX);
    this.addSql(SHAPES);
    this.addSql(MESSAGES);
  }

  override down(): void {
    throw new Error("Events may wait in the outbox, which the schema before this one cannot hold.");
  }
}

/** Rows come and go by the thousand: vacuum counts them, not their share of a table that is mostly empty. */
const OUTBOX = `
alter table server_state add column cascade_is_on boolean not null default false;

create table domain_events (
  id bigserial primary key,
  topic text not null,
  type text not null,
  data json not null,
  created_at timestamptz(3) not null default clock_timestamp()
);
alter table domain_events set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

create function cascade_is_on() returns boolean language sql stable as
  'select s.cascade_is_on from server_state s';

-- Leaves one job a transaction: it finds all that the transaction wrote. Jobs of one key would make writers of
-- different conversations wait for each other's commit; these do not, and the one who does them does them together.
create function cascade_wake() returns void language plpgsql as $$
begin
  if current_setting('parlance.cascade_woken', true) is not distinct from pg_current_xact_id()::text then return; end if;
  perform graphile_worker.add_job('cascade');
  perform set_config('parlance.cascade_woken', pg_current_xact_id()::text, true);
end $$;

-- People read far more often than they write: where they do so one after the other, a second's reading positions go
-- together, in one job of a key. Two at once do not wait for each other: who does not get the lock leaves a job of
-- its own. add_job leaves a job out whose predecessor under the same key began in between; then once more.
create function cascade_wake_soon(shard bigint) returns void language plpgsql as $$
begin
  if current_setting('parlance.cascade_woken', true) is not distinct from pg_current_xact_id()::text then return; end if;
  if not pg_try_advisory_xact_lock(1667330915, (shard % 16)::int) then
    perform cascade_wake();
    return;
  end if;
  while not exists (
    select 1 from graphile_worker.add_job('cascade', run_at => clock_timestamp() + interval '1 second',
      job_key => 'cascade:' || shard % 16, job_key_mode => 'preserve_run_at') job
    where job.id is not null) loop end loop;
end $$;
`;

const SHAPES = `
create function cascade_time(at timestamptz) returns text language sql stable as
  $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

create function cascade_ids(prefix text, ids text) returns json language sql stable as
  $$ select coalesce(to_json(string_to_array(prefix || nullif(replace(ids, ',', ',' || prefix), ''), ',')), '[]') $$;

create function cascade_note(note jsonb) returns json language sql stable as $$
  select json_build_object('event', note ->> 'event', 'actorId', 'user_' || (note ->> 'actorId'),
    'userIds', (select coalesce(json_agg('user_' || u), '[]') from jsonb_array_elements_text(note -> 'userIds') u),
    'name', note ->> 'name')
$$;

-- What was deleted or recalled says nothing any more.
create function cascade_message(m messages) returns json language sql stable as $$
  select json_build_object(
    'id', 'msg_' || m.id,
    'conversationId', 'conv_' || m.conversation_id,
    'seq', m.seq,
    'senderId', 'user_' || m.sender_id,
    'type', m.type,
    'content', case when coalesce(m.deleted_at, m.recalled_at) is null then m.content else '' end,
    'location', case when coalesce(m.deleted_at, m.recalled_at) is null then m.location end,
    'fileId', case when coalesce(m.deleted_at, m.recalled_at) is null then 'file_' || m.file_id end,
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

const MESSAGES = `
create function cascade_messages_added() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data)
    select 'conv_' || m.conversation_id, 'message.added', cascade_message(m::messages)
    from added m order by m.conversation_id, m.position;
  if found then perform cascade_wake(); end if;
  return null;
end $$;
create trigger cascade_messages_added after insert on messages referencing new table as added
  for each statement execute function cascade_messages_added();

create function cascade_message_changed() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values ('conv_' || new.conversation_id, tg_argv[0], cascade_message(new));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_message_edited after update of edited_at on messages
  for each row when (new.edited_at is distinct from old.edited_at)
  execute function cascade_message_changed('message.edited');
create trigger cascade_message_recalled after update of recalled_at on messages
  for each row when (old.recalled_at is null and new.recalled_at is not null)
  execute function cascade_message_changed('message.recalled');
create trigger cascade_message_deleted after update of deleted_at on messages
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function cascade_message_changed('message.deleted');

create trigger cascade_message_pinned after update of pinned_at on messages
  for each row when (old.pinned_at is null and new.pinned_at is not null)
  execute function cascade_message_changed('message.pinned');
create trigger cascade_message_unpinned after update of pinned_at on messages
  for each row when (old.pinned_at is not null and new.pinned_at is null and new.deleted_at is null and new.recalled_at is null)
  execute function cascade_message_changed('message.unpinned');

-- By retention. Where the whole conversation goes, that it goes says it all.
create function cascade_messages_removed() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data)
    select 'conv_' || c.id, 'messages.removed', json_build_object(
      'conversationId', 'conv_' || c.id, 'count', count(*), 'firstSeq', min(m.seq), 'lastSeq', max(m.seq))
    from removed m join conversations c on c.id = m.conversation_id group by c.id;
  if found then perform cascade_wake(); end if;
  return null;
end $$;
create trigger cascade_messages_removed after delete on messages referencing old table as removed
  for each statement execute function cascade_messages_removed();

-- Where the message itself is gone, so are its reactions: nothing is to be said of them.
create function cascade_reactions() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data)
    select 'conv_' || m.conversation_id, tg_argv[0], json_build_object(
      'messageId', 'msg_' || m.id, 'conversationId', 'conv_' || m.conversation_id, 'seq', m.seq,
      'userId', 'user_' || r.user_id, 'emoji', r.emoji)
    from changed r join messages m on m.id = r.message_id;
  if found then perform cascade_wake(); end if;
  return null;
end $$;
create trigger cascade_reaction_added after insert on reactions referencing new table as changed
  for each statement execute function cascade_reactions('reaction.added');
create trigger cascade_reaction_removed after delete on reactions referencing old table as changed
  for each statement execute function cascade_reactions('reaction.removed');

create function cascade_reads() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data)
    select 'conv_' || r.conversation_id, 'member.read', json_build_object(
      'conversationId', 'conv_' || r.conversation_id, 'userId', 'user_' || r.user_id, 'seq', r.seq,
      'readAt', cascade_time(r.read_at))
    from noted r;
  if found then perform cascade_wake_soon((select r.user_id from noted r limit 1)); end if;
  return null;
end $$;
create trigger cascade_reads after insert on read_advances referencing new table as noted
  for each statement execute function cascade_reads();
`;

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
    this.addSql(CONVERSATIONS);
    this.addSql(PEOPLE);
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

-- People read far more often than they write: a second's reading positions go together. Sixteen keys, so that few wait
-- for each other, each no longer than for the commit of one statement.
create function cascade_wake_soon(shard bigint) returns void language plpgsql as $$
begin
  if current_setting('parlance.cascade_woken', true) is not distinct from pg_current_xact_id()::text then return; end if;
  perform graphile_worker.add_job('cascade', run_at => now() + interval '1 second',
    job_key => 'cascade:' || shard % 16, job_key_mode => 'preserve_run_at');
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
    'clientMessageId', m.client_message_id,
    'createdAt', cascade_time(m.created_at),
    'updatedAt', cascade_time(m.updated_at))
$$;

create function cascade_conversation(c conversations) returns json language sql stable as $$
  select json_build_object(
    'id', 'conv_' || c.id,
    'kind', c.kind,
    'name', c.name,
    'slug', c.slug,
    'description', c.description,
    'visibility', c.visibility,
    'avatarUrl', c.avatar_url,
    'maxMembers', c.max_members,
    'createdById', 'user_' || c.created_by_id,
    'peerIds', case when c.direct_key is not null then cascade_ids('user_', replace(c.direct_key, ':', ',')) end,
    'createdAt', cascade_time(c.created_at))
$$;

create function cascade_member(m members) returns json language sql stable as $$
  select json_build_object(
    'conversationId', 'conv_' || m.conversation_id,
    'userId', 'user_' || m.user_id,
    'role', m.role,
    'nickname', m.nickname,
    'isMuted', m.is_muted,
    'isBanned', m.is_banned,
    'joinedAt', cascade_time(m.joined_at),
    'leftAt', cascade_time(m.left_at))
$$;

-- Neither the password's hash, nor the telephone number, nor keys.
create function cascade_user(u users) returns json language sql stable as $$
  select json_build_object(
    'id', 'user_' || u.id,
    'username', u.username,
    'displayName', u.display_name,
    'email', u.email,
    'avatarUrl', u.avatar_url,
    'role', u.role,
    'externalId', u.external_id,
    'createdAt', cascade_time(u.created_at),
    'updatedAt', cascade_time(u.updated_at))
$$;

create function cascade_friend_request(r friend_requests) returns json language sql stable as $$
  select json_build_object(
    'id', 'freq_' || r.id,
    'fromUserId', 'user_' || r.from_user_id,
    'toUserId', 'user_' || r.to_user_id,
    'message', r.message,
    'status', r.status,
    'createdAt', cascade_time(r.created_at))
$$;

-- Not the code: whoever knows it gets in.
create function cascade_invite(i invites) returns json language sql stable as $$
  select json_build_object(
    'conversationId', 'conv_' || i.conversation_id,
    'createdById', 'user_' || i.created_by_id,
    'expiresAt', cascade_time(i.expires_at),
    'maxUses', i.max_uses,
    'uses', i.uses,
    'createdAt', cascade_time(i.created_at))
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
  insert into domain_events (topic, type, data) values ('conv_' || new.conversation_id, 'member.read', json_build_object(
    'conversationId', 'conv_' || new.conversation_id, 'userId', 'user_' || new.user_id, 'seq', new.seq,
    'readAt', cascade_time(new.read_at)));
  perform cascade_wake_soon(new.user_id);
  return null;
end $$;
create trigger cascade_reads after insert on read_advances for each row execute function cascade_reads();
`;

const CONVERSATIONS = `
create function cascade_conversations() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values (
    'conv_' || coalesce(new.id, old.id), tg_argv[0], cascade_conversation(coalesce(new, old)));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_conversation_created after insert on conversations
  for each row execute function cascade_conversations('conversation.created');
create trigger cascade_conversation_updated
  after update of name, slug, description, visibility, avatar_url, max_members on conversations
  for each row when ((new.name, new.slug, new.description, new.visibility, new.avatar_url, new.max_members)
    is distinct from (old.name, old.slug, old.description, old.visibility, old.avatar_url, old.max_members))
  execute function cascade_conversations('conversation.updated');
create trigger cascade_conversation_deleted after delete on conversations
  for each row execute function cascade_conversations('conversation.deleted');

create function cascade_members_came() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data)
    select 'conv_' || m.conversation_id, case when m.left_at is null then 'member.joined' else 'member.updated' end,
      cascade_member(m::members)
    from came m;
  if found then perform cascade_wake(); end if;
  return null;
end $$;
create trigger cascade_members_came after insert on members referencing new table as came
  for each statement execute function cascade_members_came();

create function cascade_member_changed() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values ('conv_' || new.conversation_id,
    case when old.left_at is null and new.left_at is not null then 'member.left'
      when old.left_at is not null and new.left_at is null then 'member.joined'
      else 'member.updated' end,
    cascade_member(new));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_member_changed after update of left_at, role, nickname, is_muted, is_banned on members
  for each row when ((new.left_at, new.role, new.nickname, new.is_muted, new.is_banned)
    is distinct from (old.left_at, old.role, old.nickname, old.is_muted, old.is_banned))
  execute function cascade_member_changed();

create function cascade_invites() returns trigger language plpgsql as $$
declare
  invite invites := coalesce(new, old);
begin
  if not cascade_is_on() then return null; end if;
  if tg_op = 'DELETE' and not exists (select 1 from conversations c where c.id = invite.conversation_id) then return null; end if;
  insert into domain_events (topic, type, data)
    values ('conv_' || invite.conversation_id, tg_argv[0], cascade_invite(invite));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_invite_created after insert on invites
  for each row execute function cascade_invites('invite.created');
create trigger cascade_invite_ended after delete on invites
  for each row execute function cascade_invites('invite.ended');
`;

const PEOPLE = `
create function cascade_users() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values (
    'user_' || coalesce(new.id, old.id), tg_argv[0], cascade_user(coalesce(new, old)));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_user_registered after insert on users
  for each row execute function cascade_users('user.registered');
create trigger cascade_user_updated
  after update of username, display_name, email, avatar_url, role, external_id on users
  for each row when ((new.username, new.display_name, new.email, new.avatar_url, new.role, new.external_id)
    is distinct from (old.username, old.display_name, old.email, old.avatar_url, old.role, old.external_id))
  execute function cascade_users('user.updated');
create trigger cascade_user_deleted after delete on users
  for each row execute function cascade_users('user.deleted');

create function cascade_friend_requests() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values (
    'user_' || least(new.from_user_id, new.to_user_id) || ':user_' || greatest(new.from_user_id, new.to_user_id),
    'friendRequest.' || case when tg_op = 'INSERT' then 'sent' else lower(new.status) end, cascade_friend_request(new));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_friend_request_sent after insert on friend_requests
  for each row execute function cascade_friend_requests();
create trigger cascade_friend_request_settled after update of status on friend_requests
  for each row when (new.status is distinct from old.status) execute function cascade_friend_requests();

-- A friendship stands once for either of the two, and is told of once.
create function cascade_friendships() returns trigger language plpgsql as $$
declare
  pair friendships := coalesce(new, old);
begin
  if pair.user_id > pair.friend_id or not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values (
    'user_' || pair.user_id || ':user_' || pair.friend_id, tg_argv[0],
    json_build_object('userIds', cascade_ids('user_', pair.user_id || ',' || pair.friend_id)));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_friendship_began after insert on friendships
  for each row execute function cascade_friendships('friendship.began');
create trigger cascade_friendship_ended after delete on friendships
  for each row execute function cascade_friendships('friendship.ended');

create function cascade_blocks() returns trigger language plpgsql as $$
declare
  block blocks := coalesce(new, old);
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values (
    'user_' || least(block.user_id, block.blocked_id) || ':user_' || greatest(block.user_id, block.blocked_id), tg_argv[0],
    json_build_object('userId', 'user_' || block.user_id, 'blockedId', 'user_' || block.blocked_id));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_user_blocked after insert on blocks for each row execute function cascade_blocks('user.blocked');
create trigger cascade_user_unblocked after delete on blocks for each row execute function cascade_blocks('user.unblocked');
`;

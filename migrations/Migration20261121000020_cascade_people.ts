import { Migration } from "@mikro-orm/migrations";

/** The triggers of the cascade beside those of messages: conversations, members, people, calls, broadcasts. */
export class Migration20261121000020_cascade_people extends Migration {
  override up(): void {
    this.addSql(SHAPES);
    this.addSql(CONVERSATIONS);
    this.addSql(PEOPLE);
    this.addSql(CALLS);
    this.addSql(BROADCASTS);
  }

  override down(): void {
    throw new Error("Events may wait in the outbox, which the schema before this one cannot hold.");
  }
}

const SHAPES = `
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
    'isDeactivated', u.deactivated_at is not null,
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
create trigger cascade_user_deactivated after update of deactivated_at on users
  for each row when (old.deactivated_at is null and new.deactivated_at is not null)
  execute function cascade_users('user.deactivated');
create trigger cascade_user_reactivated after update of deactivated_at on users
  for each row when (old.deactivated_at is not null and new.deactivated_at is null)
  execute function cascade_users('user.reactivated');
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

const CALLS = `
create function cascade_calls() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values ('conv_' || new.conversation_id,
    case when tg_op = 'INSERT' then 'call.started' when new.state = 'ENDED' then 'call.ended' else 'call.answered' end,
    json_build_object(
      'id', 'call_' || new.id,
      'conversationId', 'conv_' || new.conversation_id,
      'media', new.media,
      'state', new.state,
      'endReason', new.end_reason,
      'startedById', 'user_' || new.started_by_id,
      'startedAt', cascade_time(new.started_at),
      'answeredAt', cascade_time(new.answered_at),
      'endedAt', cascade_time(new.ended_at)));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_call_started after insert on calls for each row execute function cascade_calls();
create trigger cascade_call_changed after update of state on calls
  for each row when (new.state is distinct from old.state) execute function cascade_calls();
`;

const BROADCASTS = `
create function cascade_broadcasts() returns trigger language plpgsql as $$
begin
  if not cascade_is_on() then return null; end if;
  insert into domain_events (topic, type, data) values ('server', 'broadcast.sent', json_build_object(
    'id', 'broadcast_' || new.id,
    'senderId', 'user_' || new.sender_id,
    'title', new.title,
    'content', new.content,
    'toRoles', new.to_roles,
    'toUserIds', case when new.to_user_ids is not null then cascade_ids('user_', array_to_string(new.to_user_ids, ',')) end,
    'createdAt', cascade_time(new.created_at)));
  perform cascade_wake();
  return null;
end $$;
create trigger cascade_broadcast_sent after insert on broadcasts for each row execute function cascade_broadcasts();
`;

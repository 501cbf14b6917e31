import { Migration } from "@mikro-orm/migrations";

/** Every table of the core, as the entities declare them, and the rows that a server cannot be without. */
export class Migration20261121000000_tables extends Migration {
  override up(): void {
    this.addSql(TABLES);
    this.addSql(MEMBERSHIP);
    this.addSql(ROWS);
  }

  override down(): void {
    throw new Error("The first migration has nothing before it to go back to.");
  }
}

const TABLES = `create table server_state (
  id int not null default 1,
  epoch uuid not null default gen_random_uuid(),
  primary key (id)
);
alter table server_state add constraint server_state_one_row_check check (id = 1);

create table users (
  id bigserial primary key,
  username text not null,
  display_name text not null,
  email text null,
  phone text null,
  avatar_url text null,
  role text not null default 'USER',
  password_hash text null,
  direct_message_policy text not null default 'EVERYONE',
  external_id text null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
alter table users add constraint users_external_id_key unique (external_id);
create unique index users_email_key on users (lower(email));
create unique index users_username_key on users (lower(username));
alter table users add constraint users_role_check check (role in ('USER', 'ADMIN', 'DOCTOR', 'NURSE'));
alter table users add constraint users_direct_message_policy_check check (direct_message_policy in ('EVERYONE', 'FRIENDS'));

create table sessions (
  id uuid not null,
  user_id bigint not null,
  generation int not null default 0,
  user_agent text not null,
  ip text not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3) null,
  revoked_xid xid8 null,
  primary key (id)
);
create index sessions_user_id_idx on sessions (user_id);
create index sessions_revoked_xid_idx on sessions (revoked_xid) where revoked_xid is not null;

create table resume_points (
  user_id bigint not null,
  resume_key text not null,
  operation bytea not null,
  epoch uuid not null,
  positions jsonb not null,
  touched_at timestamptz(3) not null default now(),
  primary key (user_id, resume_key, operation)
);
create index resume_points_touched_at_idx on resume_points (touched_at);

create table friendships (
  user_id bigint not null,
  friend_id bigint not null,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, friend_id)
);

create table friend_requests (
  id bigserial primary key,
  from_user_id bigint not null,
  to_user_id bigint not null,
  message text null,
  status text not null default 'PENDING',
  created_at timestamptz(3) not null default now(),
  responded_at timestamptz(3) null
);
create index friend_requests_from_user_id_idx on friend_requests (from_user_id, status, id);
create index friend_requests_to_user_id_idx on friend_requests (to_user_id, status, id);
create unique index friend_requests_pending_key on friend_requests (from_user_id, to_user_id) where status = 'PENDING';
alter table friend_requests add constraint friend_requests_status_check check (status in ('PENDING', 'ACCEPTED', 'REJECTED', 'CANCELLED'));

create table conversations (
  id bigserial primary key,
  kind text not null,
  avatar_url text null,
  member_count int not null default 0,
  last_seq bigint not null default '0',
  "position" bigint not null default '0',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  direct_key text null,
  slug text null,
  name text null,
  description text null,
  visibility text null,
  max_members int null,
  created_by_id bigint null
);
create index conversations_kind_index on conversations (kind);
alter table conversations add constraint conversations_direct_key_key unique (direct_key);
create index conversations_public_idx on conversations (lower(name), id) where visibility = 'PUBLIC';
create unique index conversations_slug_key on conversations (lower(slug));
alter table conversations add constraint conversations_kind_check check (kind in ('ROOM', 'GROUP', 'DIRECT'));
alter table conversations add constraint conversations_visibility_check check (visibility in ('PUBLIC', 'PRIVATE'));

create table read_advances (
  conversation_id bigint not null,
  user_id bigint not null,
  seq bigint not null,
  read_at timestamptz(3) not null default now(),
  primary key (conversation_id, user_id, seq)
);

create table messages (
  id bigserial primary key,
  conversation_id bigint not null,
  seq bigint not null,
  "position" bigint not null,
  added_position bigint not null,
  sender_id bigint null,
  type text not null,
  content text not null,
  system jsonb null,
  location jsonb null,
  reply_to_id bigint null,
  mentions bigint[] null,
  is_encrypted boolean not null default false,
  client_message_id text null,
  fingerprint bytea null,
  edited_at timestamptz(3) null,
  recalled_at timestamptz(3) null,
  deleted_at timestamptz(3) null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index messages_client_message_id_key on messages (sender_id, client_message_id) where client_message_id is not null;
create index messages_conversation_id_position_idx on messages (conversation_id, "position");
alter table messages add constraint messages_conversation_id_seq_key unique (conversation_id, seq);
alter table messages add constraint messages_type_check check (type in ('TEXT', 'IMAGE', 'FILE', 'AUDIO', 'VIDEO', 'LOCATION', 'SYSTEM'));

create table reactions (
  message_id bigint not null,
  emoji text not null,
  user_id bigint not null,
  created_at timestamptz(3) not null default now(),
  primary key (message_id, emoji, user_id)
);

create table members (
  id bigserial primary key,
  conversation_id bigint not null,
  user_id bigint not null,
  role text not null default 'MEMBER',
  nickname text null,
  joined_at timestamptz(3) not null default now(),
  left_at timestamptz(3) null,
  last_read_seq bigint not null default '0',
  last_read_at timestamptz(3) null,
  is_muted boolean not null default false,
  is_banned boolean not null default false,
  notification_level text not null default 'ALL',
  joined_position bigint not null default '0',
  changed_xid xid8 not null default pg_current_xact_id()
);
create index members_changed_xid_idx on members (changed_xid);
create index members_user_id_idx on members (user_id, conversation_id) where left_at is null;
alter table members add constraint members_conversation_id_user_id_key unique (conversation_id, user_id);
alter table members add constraint members_role_check check (role in ('OWNER', 'ADMIN', 'MEMBER'));
alter table members add constraint members_notification_level_check check (notification_level in ('ALL', 'MENTIONS', 'NONE'));

create table invites (
  code text not null,
  conversation_id bigint not null,
  created_by_id bigint not null,
  expires_at timestamptz(3) null,
  max_uses int null,
  uses int not null default 0,
  created_at timestamptz(3) not null default now(),
  primary key (code)
);
create index invites_conversation_id_idx on invites (conversation_id);

create table blocks (
  user_id bigint not null,
  blocked_id bigint not null,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, blocked_id)
);
alter table sessions add constraint sessions_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table resume_points add constraint resume_points_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table friendships add constraint friendships_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
alter table friendships add constraint friendships_friend_id_foreign foreign key (friend_id) references users (id) on update cascade on delete cascade;
alter table friend_requests add constraint friend_requests_from_user_id_foreign foreign key (from_user_id) references users (id) on delete cascade;
alter table friend_requests add constraint friend_requests_to_user_id_foreign foreign key (to_user_id) references users (id) on delete cascade;
alter table conversations add constraint conversations_created_by_id_foreign foreign key (created_by_id) references users (id) on delete set null;
alter table read_advances add constraint read_advances_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table read_advances add constraint read_advances_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table messages add constraint messages_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table messages add constraint messages_sender_id_foreign foreign key (sender_id) references users (id) on delete set null;
alter table reactions add constraint reactions_message_id_foreign foreign key (message_id) references messages (id) on delete cascade;
alter table reactions add constraint reactions_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table members add constraint members_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table members add constraint members_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table invites add constraint invites_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table invites add constraint invites_created_by_id_foreign foreign key (created_by_id) references users (id) on delete cascade;
alter table blocks add constraint blocks_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
alter table blocks add constraint blocks_blocked_id_foreign foreign key (blocked_id) references users (id) on update cascade on delete cascade;

-- Their rows change with every message and no index sees it: room in the page keeps such an update in place (HOT).
alter table conversations set (fillfactor = 70);
alter table members set (fillfactor = 80);
`;

const MEMBERSHIP = `
create function members_seen_change() returns trigger language plpgsql as $$
begin
  new.changed_xid := pg_current_xact_id();
  if tg_op = 'INSERT' or old.left_at is not null and new.left_at is null then
    new.joined_position := (select position from conversations where id = new.conversation_id);
  end if;
  return new;
end $$;
create trigger members_seen_change before insert or update of left_at, is_banned on members
  for each row execute function members_seen_change();

create function members_count() returns trigger language plpgsql as $$
begin
  update conversations set member_count = member_count + case when new.left_at is null then 1 else -1 end
  where id = new.conversation_id;
  return null;
end $$;

create function members_count_inserted() returns trigger language plpgsql as $$
begin
  update conversations c set member_count = c.member_count + came.n
  from (select conversation_id, count(*) as n from inserted where left_at is null group by conversation_id) came
  where c.id = came.conversation_id;
  return null;
end $$;
create trigger members_count_insert after insert on members referencing new table as inserted
  for each statement execute function members_count_inserted();
create trigger members_count_update after update of left_at on members
  for each row when ((old.left_at is null) <> (new.left_at is null)) execute function members_count();

-- The room "global" holds everyone, however an account came to be.
create function users_join_global() returns trigger language plpgsql as $$
begin
  insert into members (conversation_id, user_id, last_read_seq)
    select c.id, u.id, c.last_seq from conversations c cross join inserted u where lower(c.slug) = 'global';
  return null;
end $$;
create trigger users_join_global after insert on users referencing new table as inserted
  for each statement execute function users_join_global();
`;

const ROWS = `
insert into server_state (id) values (1);
insert into conversations (kind, slug, name, visibility, max_members)
  values ('ROOM', 'global', 'Global', 'PUBLIC', 2147483647);
`;

import { Migration } from "@mikro-orm/migrations";

/** What people are notified of, how they want it, and where their browsers take pushes. */
export class Migration20261121000014_notifications extends Migration {
  override up(): void {
    this.addSql(TABLES);
    this.addSql(LEVELS);
    this.addSql(POSITIONS);
    this.addSql(TRIGGERS);
  }

  override down(): void {
    throw new Error("Members' notification levels may be unset by now, which the schema before this one cannot hold.");
  }
}

const TABLES = `
create table notifications (
  id bigserial primary key,
  user_id bigint not null,
  type text not null,
  title text null,
  content text null,
  actor_id bigint null,
  conversation_id bigint null,
  message_id bigint null,
  seq bigint null,
  data jsonb null,
  count int not null default 1,
  key text null,
  read_at timestamptz(3) null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index notifications_user_id_idx on notifications (user_id, updated_at, id);
create index notifications_conversation_id_idx on notifications (conversation_id) where conversation_id is not null;
create index notifications_updated_at_idx on notifications (updated_at);
create unique index notifications_unread_key on notifications (conversation_id, user_id, type) where read_at is null and type in ('MESSAGE', 'MENTION');
create unique index notifications_key_key on notifications (user_id, key) where key is not null;
alter table notifications add constraint notifications_type_check check (type in ('MESSAGE', 'MENTION', 'ROOM_INVITE', 'FRIEND_REQUEST', 'CALL', 'BROADCAST', 'SYSTEM'));

create table notification_settings (
  user_id bigint not null,
  off text[] not null default '{}',
  unpushed text[] not null default '{}',
  push boolean not null default true,
  quiet_from int null,
  quiet_to int null,
  time_zone text null,
  primary key (user_id)
);

create table notification_templates (
  id bigserial primary key,
  name text not null,
  type text not null,
  title text not null,
  content text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
alter table notification_templates add constraint notification_templates_name_key unique (name);
alter table notification_templates add constraint notification_templates_type_check check (type in ('MESSAGE', 'MENTION', 'ROOM_INVITE', 'FRIEND_REQUEST', 'CALL', 'BROADCAST', 'SYSTEM'));

create table push_subscriptions (
  id bigserial primary key,
  user_id bigint not null,
  session_id uuid not null,
  endpoint text not null,
  p256dh text not null,
  auth text not null,
  user_agent text not null,
  expires_at timestamptz(3) null,
  created_at timestamptz(3) not null default now()
);
create index push_subscriptions_user_id_idx on push_subscriptions (user_id);
create index push_subscriptions_session_id_idx on push_subscriptions (session_id);
alter table push_subscriptions add constraint push_subscriptions_endpoint_key unique (endpoint);

create table notify_positions (
  conversation_id bigint not null,
  position bigint not null default '0',
  queued_at timestamptz(3) null,
  handled_at timestamptz(3) null,
  primary key (conversation_id)
);

create table added_mentions (
  conversation_id bigint not null,
  message_id bigint not null,
  user_id bigint not null,
  primary key (conversation_id, message_id, user_id)
);

alter table notifications add constraint notifications_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table notifications add constraint notifications_actor_id_foreign foreign key (actor_id) references users (id) on delete set null;
alter table notifications add constraint notifications_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
alter table notification_settings add constraint notification_settings_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
alter table push_subscriptions add constraint push_subscriptions_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table push_subscriptions add constraint push_subscriptions_session_id_foreign foreign key (session_id) references sessions (id) on delete cascade;
alter table notify_positions add constraint notify_positions_conversation_id_foreign foreign key (conversation_id) references conversations (id) on update cascade on delete cascade;
alter table added_mentions add constraint added_mentions_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;

-- Its rows change with what is said and no index sees it: room in the page keeps such an update in place (HOT).
alter table notify_positions set (fillfactor = 70);
`;

/** Until now ALL was what everybody had, and nobody was notified of anything: unset says the same of small conversations. */
const LEVELS = `
alter table members alter column notification_level drop not null, alter column notification_level drop default;
update members set notification_level = null where notification_level = 'ALL';
create index members_hears_all_idx on members (conversation_id) where notification_level = 'ALL' and left_at is null;
`;

/** Nobody is notified of what was said before there were notifications. */
const POSITIONS = `
insert into notify_positions (conversation_id, position) select id, position from conversations;
`;

/**
 * Whoever writes a message queues the job that tells its readers, in the same transaction and by way of one statement,
 * however many messages it writes; of a conversation where nobody would be told, none. The job begins by locking the
 * conversation's row of notify_positions and taking its mark away. So whoever finds the mark and holds the lock until
 * the commit may rely on the job that waits: it cannot begin before. A row that a job has locked is passed by, and a
 * further job is queued.
 *
 * add_jobs leaves out a job whose predecessor under the same key began in between: those are queued again. Jobs of one
 * conversation are a second apart, so that a torrent of messages is counted up once a second.
 */
const TRIGGERS = `
create function messages_notify() returns trigger language plpgsql as $$
declare
  specs graphile_worker.job_spec[];
  queued text[];
begin
  with said as (
    select w.conversation_id, bool_or(w.mentions is not null or w.type = 'SYSTEM') as names_somebody
    from written w
    where w.type <> 'SYSTEM' or w.system ->> 'event' in ('added', 'created')
    group by w.conversation_id
  ),
  concerned as materialized (
    select s.conversation_id
    from said s join conversations c on c.id = s.conversation_id
    where c.member_count > 1 and (s.names_somebody or c.member_count <= 100 or exists (
      select 1 from members m
      where m.conversation_id = c.id and m.notification_level = 'ALL' and m.left_at is null))
  ),
  held as materialized (
    select p.conversation_id, coalesce(p.queued_at > clock_timestamp() - interval '1 minute', false) as is_queued
    from notify_positions p
    where p.conversation_id in (select conversation_id from concerned)
    for no key update skip locked
  ),
  marked as (
    update notify_positions p set queued_at = clock_timestamp()
    from held h where p.conversation_id = h.conversation_id and not h.is_queued
  )
  select array_agg((
      'notifyMembers', json_build_object('conversationId', c.conversation_id), null,
      greatest(clock_timestamp(), p.handled_at + interval '1 second'), null, 'notify:' || c.conversation_id, null, null
    )::graphile_worker.job_spec)
  into specs
  from concerned c
  left join held h on h.conversation_id = c.conversation_id
  left join notify_positions p on p.conversation_id = c.conversation_id
  where h.is_queued is not true;

  while cardinality(specs) > 0 loop
    queued := array(select key from graphile_worker.add_jobs(specs, true));
    specs := array(select s from unnest(specs) s where s.job_key <> all (queued));
  end loop;
  return null;
end $$;
create trigger messages_notify after insert on messages referencing new table as written
  for each statement execute function messages_notify();

-- An edit under the conversation's lock: whom it names anew is told like whom a new message names.
create function messages_mention() returns trigger language plpgsql as $$
begin
  insert into added_mentions (conversation_id, message_id, user_id)
    select new.conversation_id, new.id, u.id from unnest(new.mentions) u (id)
    where old.mentions is null or u.id <> all (old.mentions)
    on conflict do nothing;
  if found then
    while not exists (
      select 1 from graphile_worker.add_job('notifyMembers', json_build_object('conversationId', new.conversation_id),
        job_key => 'notify:' || new.conversation_id, job_key_mode => 'preserve_run_at') job
      where job.id is not null) loop end loop;
  end if;
  return null;
end $$;
create trigger messages_mention after update of mentions on messages
  for each row when (new.mentions is distinct from old.mentions and new.mentions is not null)
  execute function messages_mention();
`;

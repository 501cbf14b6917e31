import { Migration } from "@mikro-orm/migrations";

/** What administrators work with: deactivated accounts, the audit log, broadcasts, client events, reports. */
export class Migration20261121000017_operations extends Migration {
  override up(): void {
    this.addSql(ACCOUNTS);
    this.addSql(AUDIT_LOG);
    this.addSql(TABLES);
  }

  override down(): void {
    throw new Error("The schema before this one cannot say which accounts are deactivated: all would be active again.");
  }
}

const ACCOUNTS = `
alter table users add column deactivated_at timestamptz(3) null;
create index users_role_idx on users (role, lower(username)) where role <> 'USER';
create index users_deactivated_idx on users (lower(username)) where deactivated_at is not null;
`;

const AUDIT_LOG = `
create table audit_log (
  id bigserial primary key,
  actor_id bigint null,
  action text not null,
  target text null,
  details jsonb not null,
  ip text not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index audit_log_at_idx on audit_log (at, id);
create index audit_log_actor_id_idx on audit_log (actor_id, at, id);
create index audit_log_action_idx on audit_log (action, at, id);
create index audit_log_target_idx on audit_log (target, at, id) where target is not null;

create function audit_log_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log only grows.' using errcode = 'restrict_violation';
end $$;
create trigger audit_log_only_grows before update or delete or truncate on audit_log
  for each statement execute function audit_log_only_grows();
`;

const TABLES = `
create table broadcasts (
  id bigserial primary key,
  sender_id bigint null,
  title text not null,
  content text not null,
  data jsonb null,
  to_roles text[] null,
  to_user_ids bigint[] null,
  recipient_count int not null,
  created_at timestamptz(3) not null default now()
);
create index broadcasts_created_at_idx on broadcasts (created_at, id);
alter table broadcasts add constraint broadcasts_sender_id_foreign foreign key (sender_id) references users (id) on delete set null;

create table client_events (
  id bigserial primary key,
  user_id bigint not null,
  type text not null,
  data jsonb null,
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null default clock_timestamp()
);
create index client_events_received_at_idx on client_events (received_at, id);
create index client_events_type_idx on client_events (type, received_at, id);
create index client_events_user_id_idx on client_events (user_id, received_at, id);
alter table client_events add constraint client_events_user_id_foreign foreign key (user_id) references users (id) on delete cascade;

create table daily_quotas (
  user_id bigint not null,
  what text not null,
  day date not null,
  used int not null,
  primary key (user_id, what)
);
alter table daily_quotas add constraint daily_quotas_user_id_foreign foreign key (user_id) references users (id) on delete cascade;

create table message_reports (
  id bigserial primary key,
  message_id bigint not null,
  conversation_id bigint not null,
  sender_id bigint null,
  reporter_id bigint not null,
  reason text not null,
  comment text not null,
  snapshot jsonb not null,
  state text not null default 'OPEN',
  note text null,
  resolved_by_id bigint null,
  resolved_at timestamptz(3) null,
  created_at timestamptz(3) not null default now()
);
create index message_reports_created_at_idx on message_reports (created_at, id);
create index message_reports_state_idx on message_reports (state, created_at, id);
create index message_reports_resolved_at_idx on message_reports (resolved_at) where resolved_at is not null;
alter table message_reports add constraint message_reports_message_id_reporter_id_key unique (message_id, reporter_id);
alter table message_reports add constraint message_reports_reason_check check (reason in ('SPAM', 'HARASSMENT', 'HATE', 'VIOLENCE', 'SEXUAL', 'PRIVACY', 'ILLEGAL', 'OTHER'));
alter table message_reports add constraint message_reports_state_check check (state in ('OPEN', 'DISMISSED', 'DELETED', 'SETTLED'));
alter table message_reports add constraint message_reports_sender_id_foreign foreign key (sender_id) references users (id) on delete set null;
alter table message_reports add constraint message_reports_reporter_id_foreign foreign key (reporter_id) references users (id) on delete cascade;
alter table message_reports add constraint message_reports_resolved_by_id_foreign foreign key (resolved_by_id) references users (id) on delete set null;
`;

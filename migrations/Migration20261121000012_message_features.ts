import { Migration } from "@mikro-orm/migrations";

/** Pins, edit histories, delivery, drafts and scheduled messages. */
export class Migration20261121000012_message_features extends Migration {
  override up(): void {
    this.addSql(TABLES);
  }

  override down(): void {
    throw new Error(
      "Messages may be pinned, edited and scheduled by now, which the schema before this one cannot hold.",
    );
  }
}

const TABLES = `
alter table messages add column pinned_at timestamptz(3) null, add column pinned_by_id bigint null;
create index messages_pinned_idx on messages (conversation_id, pinned_at desc, id desc) where pinned_at is not null;

alter table members add column last_delivered_seq bigint not null default '0', add column last_delivered_at timestamptz(3) null;

create table message_edits (
  message_id bigint not null,
  revision int not null,
  content text not null,
  edited_at timestamptz(3) not null,
  primary key (message_id, revision)
);
alter table message_edits add constraint message_edits_message_id_foreign foreign key (message_id) references messages (id) on delete cascade;

create table drafts (
  user_id bigint not null,
  conversation_id bigint not null,
  content text not null,
  reply_to_id bigint null,
  updated_at timestamptz(3) not null default now(),
  primary key (user_id, conversation_id)
);
create index drafts_conversation_id_idx on drafts (conversation_id);
alter table drafts add constraint drafts_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
alter table drafts add constraint drafts_conversation_id_foreign foreign key (conversation_id) references conversations (id) on update cascade on delete cascade;

create table scheduled_messages (
  id bigserial primary key,
  user_id bigint not null,
  conversation_id bigint not null,
  type text not null,
  content text not null,
  location jsonb null,
  reply_to_id bigint null,
  file_id bigint null,
  is_encrypted boolean not null default false,
  client_message_id text null,
  fingerprint bytea null,
  send_key text not null,
  revision int not null default 1,
  send_at timestamptz(3) not null,
  status text not null default 'WAITING',
  failure_code text null,
  failure_reason text null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index scheduled_messages_user_id_idx on scheduled_messages (user_id, send_at, id);
create index scheduled_messages_conversation_id_idx on scheduled_messages (conversation_id);
create index scheduled_messages_file_id_idx on scheduled_messages (file_id) where file_id is not null;
create index scheduled_messages_due_idx on scheduled_messages (send_at) where status <> 'FAILED';
create unique index scheduled_messages_client_message_id_key on scheduled_messages (user_id, client_message_id) where client_message_id is not null;
alter table scheduled_messages add constraint scheduled_messages_type_check check (type in ('TEXT', 'IMAGE', 'FILE', 'AUDIO', 'VIDEO', 'LOCATION', 'SYSTEM'));
alter table scheduled_messages add constraint scheduled_messages_status_check check (status in ('WAITING', 'SENDING', 'FAILED'));
alter table scheduled_messages add constraint scheduled_messages_user_id_foreign foreign key (user_id) references users (id) on delete cascade;
alter table scheduled_messages add constraint scheduled_messages_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete cascade;
`;

import { Migration } from "@mikro-orm/migrations";

/** How long rooms keep their messages, and what people take out of the server. */
export class Migration20261121000019_retention_and_exports extends Migration {
  override up(): void {
    this.addSql(RETENTION);
    this.addSql(EXPORTS);
  }

  override down(): void {
    throw new Error(
      "Rooms may have rules by now, which the schema before this one cannot hold: they would keep everything.",
    );
  }
}

const RETENTION = `
create table retention_rules (
  conversation_id bigint not null,
  days int null,
  messages int null,
  beyond_server boolean not null default false,
  set_by_id bigint null,
  set_at timestamptz(3) not null default now(),
  primary key (conversation_id)
);
alter table retention_rules add constraint retention_rules_days_check check (days > 0);
alter table retention_rules add constraint retention_rules_messages_check check (messages > 0);
alter table retention_rules add constraint retention_rules_conversation_id_foreign foreign key (conversation_id) references conversations (id) on update cascade on delete cascade;
alter table retention_rules add constraint retention_rules_set_by_id_foreign foreign key (set_by_id) references users (id) on delete set null;
`;

const EXPORTS = `
create table exports (
  id bigserial primary key,
  kind text not null,
  state text not null default 'PENDING',
  requested_by_id bigint not null,
  user_id bigint null,
  conversation_id bigint null,
  is_compressed boolean not null default true,
  records int not null default 0,
  tries int not null default 0,
  size bigint null,
  token text not null,
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3) null,
  expires_at timestamptz(3) null
);
create index exports_requested_by_id_idx on exports (requested_by_id, id);
create unique index exports_running_key on exports (requested_by_id) where state in ('PENDING', 'RUNNING');
alter table exports add constraint exports_token_key unique (token);
create index exports_expires_at_idx on exports (expires_at) where expires_at is not null;
alter table exports add constraint exports_kind_check check (kind in ('USER', 'CONVERSATION'));
alter table exports add constraint exports_state_check check (state in ('PENDING', 'RUNNING', 'READY', 'FAILED', 'EXPIRED'));
alter table exports add constraint exports_requested_by_id_foreign foreign key (requested_by_id) references users (id) on delete cascade;
alter table exports add constraint exports_user_id_foreign foreign key (user_id) references users (id) on delete set null;
alter table exports add constraint exports_conversation_id_foreign foreign key (conversation_id) references conversations (id) on delete set null;
`;

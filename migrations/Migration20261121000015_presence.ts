import { Migration } from "@mikro-orm/migrations";

/** Who is here, by which node or login; what status people chose, and when they were last active. */
export class Migration20261121000015_presence extends Migration {
  override up(): void {
    this.addSql(TABLES);
  }

  override down(): void {
    this.addSql("drop table presence_sources, node_connections, user_statuses;");
  }
}

/**
 * The unlogged tables refer to no other: after a crash each node writes its part anew, and ten thousand people who come
 * back at once lock none of the users' rows.
 */
const TABLES = `
create unlogged table presence_sources (
  user_id bigint not null,
  source uuid not null,
  node_id uuid null,
  until timestamptz(3) null,
  primary key (user_id, source)
);
create index presence_sources_node_id_idx on presence_sources (node_id) where node_id is not null;
create index presence_sources_until_idx on presence_sources (until) where until is not null;

create unlogged table node_connections (
  node_id uuid not null,
  door text not null,
  connections int not null default 0,
  subscriptions int not null default 0,
  primary key (node_id, door)
);

create table user_statuses (
  user_id bigint not null,
  chosen text check (chosen in ('ONLINE', 'AWAY', 'OFFLINE')) not null default 'ONLINE',
  active_at timestamptz(3) null,
  primary key (user_id)
);
alter table user_statuses add constraint user_statuses_user_id_foreign foreign key (user_id) references users (id) on update cascade on delete cascade;
-- Written once a minute for everybody who is active, and no index sees it: such an update stays in its page (HOT).
alter table user_statuses set (fillfactor = 70);
`;

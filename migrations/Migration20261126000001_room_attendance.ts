import { Migration } from "@mikro-orm/migrations";

/** Who has a room open, by which node. */
export class Migration20261126000001_room_attendance extends Migration {
  override up(): void {
    this.addSql(TABLE);
  }

  override down(): void {
    this.addSql("drop table room_attendance;");
  }
}

/** Unlogged, and refers to no other table, for the reasons that presence_sources is so. */
const TABLE = `
create unlogged table room_attendance (
  conversation_id bigint not null,
  user_id bigint not null,
  node_id uuid not null,
  primary key (conversation_id, user_id, node_id)
);
create index room_attendance_node_id_idx on room_attendance (node_id);
`;

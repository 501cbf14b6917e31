import { Check, Entity, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

/** What the database says of itself; one row. */
@Entity({ tableName: "server_state" })
@Check({ name: "server_state_one_row_check", expression: "id = 1" })
export class ServerState {
  @PrimaryKey({ type: "integer", default: 1, autoincrement: false })
  id!: number;

  /** Every log cursor carries it. Whoever restores a backup gives it a new value, so that old cursors are told apart. */
  @Property({ type: "uuid", defaultRaw: "gen_random_uuid()" })
  epoch!: string;

  /** Whether what happens is written down for the cascade. Triggers read it; each node that starts sets it. */
  @Property({ type: "boolean", default: false })
  cascadeIsOn: boolean = false;
}

import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, Property } from "@mikro-orm/decorators/legacy";

import { bigint } from "../kernel/columns.ts";

/**
 * A member moved their reading position up to `seq`, by reading or by writing there: what receipts are made of. No
 * foreign keys, for the writer's sake: triggers take the rows away with their conversation and their user.
 */
@Entity({ tableName: "read_advances" })
export class ReadAdvance {
  [PrimaryKeyProp]?: ["conversationId", "userId", "seq"];

  @Property({ type: bigint(), primary: true })
  conversationId!: number;

  @Property({ type: bigint(), primary: true })
  userId!: number;

  @Property({ type: bigint(), primary: true })
  seq!: number;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  readAt: Date = new Date();
}

import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { PrimaryKeyProp } from "@mikro-orm/core";

import { User } from "../users/user.ts";

/** `userId` wants to hear nothing of `blockedId`. */
@Entity({ tableName: "blocks" })
export class Block {
  [PrimaryKeyProp]?: ["userId", "blockedId"];

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "blocked_id", deleteRule: "cascade" })
  blockedId!: number;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

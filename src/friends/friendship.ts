import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { PrimaryKeyProp } from "@mikro-orm/core";

import { User } from "../users/user.ts";

/** Half of a friendship: it stands once for either friend, so that each one's list is one index range. */
@Entity({ tableName: "friendships" })
export class Friendship {
  [PrimaryKeyProp]?: ["userId", "friendId"];

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "friend_id", deleteRule: "cascade" })
  friendId!: number;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

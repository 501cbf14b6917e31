import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { PrimaryKeyProp } from "@mikro-orm/core";

import { User } from "../users/user.ts";
import { Message } from "./message.ts";

/** One emoji that somebody put under a message. */
@Entity({ tableName: "reactions" })
export class Reaction {
  [PrimaryKeyProp]?: ["messageId", "emoji", "userId"];

  @ManyToOne({
    entity: () => Message,
    mapToPk: true,
    primary: true,
    fieldName: "message_id",
    deleteRule: "cascade",
    index: false,
  })
  messageId!: number;

  @Property({ type: "text", primary: true })
  emoji!: string;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    primary: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: false,
  })
  userId!: number;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { User } from "../users/user.ts";

/** A member moved their reading position up to `seq`: what receipts are made of. */
@Entity({ tableName: "read_advances" })
export class ReadAdvance {
  [PrimaryKeyProp]?: ["conversationId", "userId", "seq"];

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    primary: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    primary: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: false,
  })
  userId!: number;

  @Property({ type: bigint(), primary: true })
  seq!: number;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  readAt: Date = new Date();
}

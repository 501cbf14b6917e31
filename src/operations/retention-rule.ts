import { PrimaryKeyProp } from "@mikro-orm/core";
import { Check, Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { Conversation } from "../conversations/conversation.ts";
import { User } from "../users/user.ts";

/** How long one conversation keeps its messages, where that was said of it. */
@Entity({ tableName: "retention_rules" })
@Check({ name: "retention_rules_days_check", expression: "days > 0" })
@Check({ name: "retention_rules_messages_check", expression: "messages > 0" })
export class RetentionRule {
  [PrimaryKeyProp]?: "conversationId";

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    primary: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  /** Null: as the server says. */
  @Property({ type: "integer", nullable: true })
  days: number | null = null;

  /** Null: as the server says. */
  @Property({ type: "integer", nullable: true })
  messages: number | null = null;

  /** Whether an administrator said it, so that it may be more than what the server keeps. */
  @Property({ type: "boolean", default: false })
  beyondServer: boolean = false;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "set_by_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  setById: number | null = null;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  setAt: Date = new Date();
}

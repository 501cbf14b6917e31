import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";

/** Up to where in a conversation's log its readers were notified. A conversation without a row stands at its beginning. */
@Entity({ tableName: "notify_positions" })
export class NotifyPosition {
  [PrimaryKeyProp]?: "conversationId";

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    primary: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
  })
  conversationId!: number;

  @Property({ type: bigint(), default: 0 })
  position: number = 0;

  /** Since when a job waits that goes on from here; null where none is known to. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  queuedAt: Date | null = null;

  /** When a job last began. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  handledAt: Date | null = null;
}

/** Somebody whom an edit of a message named anew, until they are notified. */
@Entity({ tableName: "added_mentions" })
export class AddedMention {
  [PrimaryKeyProp]?: ["conversationId", "messageId", "userId"];

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    primary: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @Property({ type: bigint(), primary: true })
  messageId!: number;

  @Property({ type: bigint(), primary: true })
  userId!: number;
}

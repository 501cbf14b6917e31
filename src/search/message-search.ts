import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

import { bigint } from "../kernel/columns.ts";
import { Message } from "../messages/message.ts";

/** What a message is found by; the migration's search_lexemes says what that is. */
@Entity({ tableName: "message_search" })
@Index({
  name: "message_search_terms_idx",
  expression: "create index message_search_terms_idx on message_search using gin (terms)",
})
export class MessageSearch {
  @ManyToOne({
    entity: () => Message,
    mapToPk: true,
    primary: true,
    fieldName: "message_id",
    deleteRule: "cascade",
    index: false,
  })
  messageId!: number;

  @Property({ type: bigint() })
  conversationId!: number;

  @Property({ type: "text", columnType: "tsvector" })
  terms!: string;
}

/** A change of a message that is not in the index yet; triggers put it here in the transaction of the change. */
@Entity({ tableName: "search_queue" })
export class SearchQueueEntry {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Property({ type: bigint() })
  messageId!: number;
}

import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { Field, ObjectType } from "type-graphql";

import { Message } from "./message.ts";

/** What a message said before one of its edits. Whoever deletes or recalls the message deletes these with it. */
@ObjectType({ description: "What a message said before it was edited." })
@Entity({ tableName: "message_edits" })
export class MessageEdit {
  [PrimaryKeyProp]?: ["messageId", "revision"];

  @ManyToOne({
    entity: () => Message,
    mapToPk: true,
    primary: true,
    fieldName: "message_id",
    deleteRule: "cascade",
    index: false,
  })
  messageId!: number;

  /** 1, 2, 3 … of its message. */
  @Property({ type: "integer", primary: true })
  revision!: number;

  @Field(() => String, { description: "What it said until then." })
  @Property({ type: "text" })
  content!: string;

  @Field(() => Date, { description: "When it was replaced." })
  @Property({ type: "timestamptz", length: 3 })
  editedAt!: Date;
}

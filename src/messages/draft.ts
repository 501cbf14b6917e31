import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, Index, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { Field, ObjectType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { User } from "../users/user.ts";

/** What somebody has begun to write in a conversation; one of each person and conversation. */
@ObjectType({ description: "What the viewer has begun to write in a conversation. Nobody else sees it." })
@Entity({ tableName: "drafts" })
@Index({ name: "drafts_conversation_id_idx", properties: ["conversationId"] })
export class Draft {
  [PrimaryKeyProp]?: ["userId", "conversationId"];

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    primary: true,
    fieldName: "user_id",
    deleteRule: "cascade",
    index: false,
  })
  userId!: number;

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    primary: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @Field(() => String, { description: "What is written so far; 1-5,000 characters." })
  @Property({ type: "text" })
  content!: string;

  /** No foreign key, as of a message. */
  @Property({ type: bigint(), nullable: true })
  replyToId: number | null = null;

  @Field(() => Date, { description: "When it was last saved." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();
}

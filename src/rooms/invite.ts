import { Entity, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, Int, ObjectType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { User } from "../users/user.ts";

@ObjectType({ description: "A code that lets people into a conversation." })
@Entity({ tableName: "invites" })
export class Invite {
  @Field(() => String, { description: "What acceptInvite takes; random, 22 characters." })
  @PrimaryKey({ type: "text" })
  code!: string;

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: "invites_conversation_id_idx",
  })
  conversationId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "created_by_id", deleteRule: "cascade", index: false })
  createdById!: number;

  @Field(() => Date, { nullable: true, description: "When it ends; null for never." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  expiresAt: Date | null = null;

  @Field(() => Int, { nullable: true, description: "How many people it lets in; null for any number." })
  @Property({ type: "integer", nullable: true })
  maxUses: number | null = null;

  @Field(() => Int, { description: "How many people it has let in." })
  @Property({ type: "integer", default: 0 })
  uses: number = 0;

  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";
import { Location, MessageType } from "./message.ts";

/** How far a scheduled message has come. Once it is sent it is a message, and scheduled no more. */
export enum ScheduledMessageStatus {
  WAITING = "WAITING",
  SENDING = "SENDING",
  FAILED = "FAILED",
}
registerEnumType(ScheduledMessageStatus, {
  name: "ScheduledMessageStatus",
  description: "How far a scheduled message has come. Once it is sent it is a message, and scheduled no more.",
  valuesConfig: {
    WAITING: { description: "Its time has not come. It can be edited and cancelled." },
    SENDING: { description: "Its time has come: it is being sent, and cannot be edited or cancelled any more." },
    FAILED: { description: "It was refused when its time came. Give it another time, or cancel it." },
  },
});

/** A message that is to be sent at a time. */
@ObjectType({ implements: Node, description: "A message that the viewer wants sent at a time. Nobody else sees it." })
@Entity({ tableName: "scheduled_messages" })
@Index({ name: "scheduled_messages_user_id_idx", properties: ["userId", "sendAt", "id"] })
@Index({ name: "scheduled_messages_conversation_id_idx", properties: ["conversationId"] })
@Index({
  name: "scheduled_messages_file_id_idx",
  expression: "create index scheduled_messages_file_id_idx on scheduled_messages (file_id) where file_id is not null",
})
@Index({
  name: "scheduled_messages_due_idx",
  expression: "create index scheduled_messages_due_idx on scheduled_messages (send_at) where status <> 'FAILED'",
})
@Index({
  name: "scheduled_messages_client_message_id_key",
  expression:
    "create unique index scheduled_messages_client_message_id_key on scheduled_messages (user_id, client_message_id) where client_message_id is not null",
})
export class ScheduledMessage {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: scheduled_1." })
  get nodeId(): string {
    return globalId("scheduledMessage", this.id);
  }

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "user_id", deleteRule: "cascade", index: false })
  userId!: number;

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @Field(() => MessageType, { description: "What it carries." })
  @Enum({ items: () => MessageType, type: "text" })
  type!: MessageType;

  @Field(() => String, { description: "What it will say." })
  @Property({ type: "text" })
  content!: string;

  @Field(() => Location, { nullable: true, description: "The place of a LOCATION message." })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  location: Location | null = null;

  /** No foreign key, as of a message; whether it still stands there is asked when the message is sent. */
  @Property({ type: bigint(), nullable: true })
  replyToId: number | null = null;

  @Property({ type: bigint(), nullable: true })
  fileId: number | null = null;

  @Field(() => Boolean, { description: "Encrypted by its sender; the server passes it through." })
  @Property({ type: "boolean", default: false })
  isEncrypted: boolean = false;

  @Field(() => String, {
    nullable: true,
    description: "The viewer's own name for it, by which a repeated scheduling is known.",
  })
  @Property({ type: "text", nullable: true })
  clientMessageId: string | null = null;

  /** SHA-256 of what was scheduled under clientMessageId, by which the same content is told from other content. */
  @Property({ type: "blob", columnType: "bytea", nullable: true, lazy: true })
  fingerprint: Buffer | null = null;

  /** The clientMessageId of the message once it is sent: it is sent once, however often that is tried. */
  @Property({ type: "text" })
  sendKey!: string;

  /** Counts its edits: a job that was queued for an earlier revision does nothing. */
  @Property({ type: "integer", default: 1 })
  revision: number = 1;

  @Field(() => Date, {
    description: "When it is to be sent; it is a few seconds late at the most while the server runs.",
  })
  @Property({ type: "timestamptz", length: 3 })
  sendAt!: Date;

  @Field(() => ScheduledMessageStatus, { description: "How far it has come." })
  @Enum({ items: () => ScheduledMessageStatus, type: "text", default: ScheduledMessageStatus.WAITING })
  status: ScheduledMessageStatus = ScheduledMessageStatus.WAITING;

  @Field(() => String, {
    nullable: true,
    description: "Of a FAILED one the code of the refusal: FORBIDDEN, NOT_FOUND …",
  })
  @Property({ type: "text", nullable: true })
  failureCode: string | null = null;

  @Field(() => String, { nullable: true, description: "Of a FAILED one the refusal in words." })
  @Property({ type: "text", nullable: true })
  failureReason: string | null = null;

  @Field(() => Date, { description: "When it was scheduled." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When it last changed." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();
}

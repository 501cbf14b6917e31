import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property, Unique } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { ExternalFile } from "../messages/external-file.ts";
import { Location, MessageType } from "../messages/message.ts";
import { User } from "../users/user.ts";

/** Why somebody reports a message. */
export enum ReportReason {
  SPAM = "SPAM",
  HARASSMENT = "HARASSMENT",
  HATE = "HATE",
  VIOLENCE = "VIOLENCE",
  SEXUAL = "SEXUAL",
  PRIVACY = "PRIVACY",
  ILLEGAL = "ILLEGAL",
  OTHER = "OTHER",
}
registerEnumType(ReportReason, {
  name: "ReportReason",
  description: "Why somebody reports a message.",
  valuesConfig: {
    SPAM: { description: "Advertising, or the same again and again." },
    HARASSMENT: { description: "It attacks or pesters somebody." },
    HATE: { description: "It attacks people for what they are." },
    VIOLENCE: { description: "It threatens with violence or praises it." },
    SEXUAL: { description: "It is sexual, and nobody asked for it." },
    PRIVACY: { description: "It says what somebody has not given away." },
    ILLEGAL: { description: "It breaks the law." },
    OTHER: { description: "Something else, which the comment says." },
  },
});

/** What became of a report. */
export enum ReportState {
  OPEN = "OPEN",
  DISMISSED = "DISMISSED",
  DELETED = "DELETED",
  SETTLED = "SETTLED",
}
registerEnumType(ReportState, {
  name: "ReportState",
  description: "What became of a report.",
  valuesConfig: {
    OPEN: { description: "It waits for an administrator." },
    DISMISSED: { description: "The message may stay." },
    DELETED: { description: "The message was deleted." },
    SETTLED: { description: "It was dealt with in another way, which the note says." },
  },
});

/** The message as it was when it was reported, whatever became of it since. */
@ObjectType({ description: "A message as it was when it was reported, whatever became of it since." })
export class ReportedMessage {
  @Field(() => MessageType, { description: "What it carried." })
  type!: MessageType;

  @Field(() => String, {
    nullable: true,
    description: "What it said. Null where it was encrypted: the server cannot read it.",
  })
  content!: string | null;

  @Field(() => Boolean, { description: "Whether its sender had encrypted it." })
  isEncrypted!: boolean;

  @Field(() => Location, { nullable: true, description: "The place of a LOCATION message." })
  location!: Location | null;

  @Field(() => ExternalFile, { nullable: true, description: "What it carried that lies elsewhere on the web." })
  externalFile?: ExternalFile | null;

  /** What it carried, if it did. */
  fileId!: number | null;

  /** As JSON has it. */
  createdAt!: string;
  editedAt!: string | null;

  @Field(() => Date, { description: "When it was written." })
  get sentAt(): Date {
    return new Date(this.createdAt);
  }

  @Field(() => Boolean, { description: "Whether its sender had changed it." })
  get isEdited(): boolean {
    return this.editedAt !== null;
  }
}

/** Somebody's word to the administrators that a message should not be there. It outlives the message. */
@ObjectType({
  implements: Node,
  description: "Somebody's word to the administrators that a message should not be there. It outlives the message.",
})
@Entity({ tableName: "message_reports" })
@Unique({ name: "message_reports_message_id_reporter_id_key", properties: ["messageId", "reporterId"] })
@Index({ name: "message_reports_created_at_idx", properties: ["createdAt", "id"] })
@Index({ name: "message_reports_state_idx", properties: ["state", "createdAt", "id"] })
@Index({
  name: "message_reports_resolved_at_idx",
  expression:
    "create index message_reports_resolved_at_idx on message_reports (resolved_at) where resolved_at is not null",
})
export class MessageReport {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: report_1." })
  get nodeId(): string {
    return globalId("messageReport", this.id);
  }

  /** No foreign key, nor of the conversation: the report outlives them. */
  @Property({ type: bigint() })
  messageId!: number;

  @Field(() => ID, { name: "messageId", description: "Global id of the message, which may be gone by now: msg_42." })
  get messageNodeId(): string {
    return globalId("message", this.messageId);
  }

  @Property({ type: bigint() })
  conversationId!: number;

  @Field(() => ID, {
    name: "conversationId",
    description: "Global id of the conversation that it stood in; the administrator need not be in it: conv_7.",
  })
  get conversationNodeId(): string {
    return globalId("conversation", this.conversationId);
  }

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "sender_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  senderId: number | null = null;

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "reporter_id", deleteRule: "cascade", index: false })
  reporterId!: number;

  @Field(() => ReportReason, { description: "Why it was reported." })
  @Enum({ items: () => ReportReason, type: "text" })
  reason!: ReportReason;

  @Field(() => String, { description: "What the reporter says to it; may be empty." })
  @Property({ type: "text" })
  comment!: string;

  @Field(() => ReportedMessage, { description: "The message as it was when it was reported." })
  @Property({ type: "json", columnType: "jsonb" })
  snapshot!: ReportedMessage;

  @Field(() => ReportState, { description: "What became of it." })
  @Enum({ items: () => ReportState, type: "text", default: ReportState.OPEN })
  state: ReportState = ReportState.OPEN;

  @Field(() => String, { nullable: true, description: "What the administrator who resolved it noted; null before." })
  @Property({ type: "text", nullable: true })
  note: string | null = null;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "resolved_by_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  resolvedById: number | null = null;

  @Field(() => Date, { nullable: true, description: "When it was resolved; null before." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  resolvedAt: Date | null = null;

  @Field(() => Date, { description: "When the message was reported." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

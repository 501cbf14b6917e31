import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** Of what an export is. */
export enum ExportKind {
  USER = "USER",
  CONVERSATION = "CONVERSATION",
}
registerEnumType(ExportKind, {
  name: "ExportKind",
  description: "Of what an export is.",
  valuesConfig: {
    USER: { description: "Everything that the server holds of one account." },
    CONVERSATION: { description: "A conversation: its members, messages, reactions." },
  },
});

/** How far an export is. */
export enum ExportState {
  PENDING = "PENDING",
  RUNNING = "RUNNING",
  READY = "READY",
  FAILED = "FAILED",
  EXPIRED = "EXPIRED",
}
registerEnumType(ExportState, {
  name: "ExportState",
  description: "How far an export is.",
  valuesConfig: {
    PENDING: { description: "It waits for its turn." },
    RUNNING: { description: "It is being written." },
    READY: { description: "Its file can be fetched, for seven days." },
    FAILED: { description: "It could not be written, however often it was tried; ask for another one." },
    EXPIRED: { description: "Its file is gone." },
  },
});

/** What somebody takes out of the server, as one file of JSON Lines; src/operations/export-format.ts says what stands in it. */
@ObjectType({ implements: Node, description: "What somebody takes out of the server, as one file of JSON Lines." })
@Entity({ tableName: "exports" })
@Index({ name: "exports_requested_by_id_idx", properties: ["requestedById", "id"] })
@Index({
  name: "exports_running_key",
  expression:
    "create unique index exports_running_key on exports (requested_by_id) where state in ('PENDING', 'RUNNING')",
})
@Index({
  name: "exports_expires_at_idx",
  expression: "create index exports_expires_at_idx on exports (expires_at) where expires_at is not null",
})
export class Export {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: export_1." })
  get nodeId(): string {
    return globalId("export", this.id);
  }

  @Field(() => ExportKind, { description: "Of what it is." })
  @Enum({ items: () => ExportKind, type: "text" })
  kind!: ExportKind;

  @Field(() => ExportState, { description: "How far it is." })
  @Enum({ items: () => ExportState, type: "text", default: ExportState.PENDING })
  state: ExportState = ExportState.PENDING;

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "requested_by_id", deleteRule: "cascade", index: false })
  requestedById!: number;

  /** Whose data it is, where it is an account's. */
  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "user_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  userId: number | null = null;

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  conversationId: number | null = null;

  @Field(() => Boolean, { description: "Whether the file is compressed, with gzip." })
  @Property({ type: "boolean", default: true })
  isCompressed: boolean = true;

  @Field(() => Int, { description: "Lines written so far, the first one included." })
  @Property({ type: "integer", default: 0 })
  records: number = 0;

  /** How often it was begun. */
  @Property({ type: "integer", default: 0 })
  tries: number = 0;

  @Property({ type: bigint(), nullable: true })
  size: number | null = null;

  /** 192 random bits in base64url: whoever knows them may fetch the file. Storage knows it by them too. */
  @Property({ type: "text", unique: "exports_token_key", hidden: true })
  token!: string;

  @Field(() => Date, { description: "When it was asked for." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { nullable: true, description: "When it was done, or given up." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  finishedAt: Date | null = null;

  @Field(() => Date, { nullable: true, description: "Until when its file can be fetched; null before it is READY." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  expiresAt: Date | null = null;
}

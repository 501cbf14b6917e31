import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property, Unique } from "@mikro-orm/decorators/legacy";
import { Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import type { SystemNote } from "../conversations/log.ts";
import { File } from "../files/file.ts";
import { BigIntArray, bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";
import { ExternalFile } from "./external-file.ts";

/** What a message carries. */
export enum MessageType {
  TEXT = "TEXT",
  IMAGE = "IMAGE",
  FILE = "FILE",
  AUDIO = "AUDIO",
  VIDEO = "VIDEO",
  LOCATION = "LOCATION",
  SYSTEM = "SYSTEM",
}
registerEnumType(MessageType, {
  name: "MessageType",
  description: "What a message carries.",
  valuesConfig: {
    TEXT: { description: "Words." },
    IMAGE: { description: "A picture." },
    FILE: { description: "Any file." },
    AUDIO: { description: "A sound." },
    VIDEO: { description: "A film." },
    LOCATION: { description: "A place." },
    SYSTEM: { description: "Written by the server: somebody joined, left, renamed the conversation." },
  },
});

@ObjectType({ description: "A place on Earth." })
export class Location {
  @Field(() => Float, { description: "Degrees north, -90 to 90 (WGS 84)." })
  latitude!: number;

  @Field(() => Float, { description: "Degrees east, -180 to 180 (WGS 84)." })
  longitude!: number;

  @Field(() => String, { nullable: true, description: "The place in words; at most 500 characters." })
  address!: string | null;
}

/**
 * A message and its place in the conversation's log. The class is filled by hand from the statements of log.ts and
 * read.ts, which are the hot paths; MikroORM knows it for the schema.
 */
@ObjectType({ implements: Node, description: "One message of a conversation, in its latest state." })
@Entity({ tableName: "messages" })
@Unique({ name: "messages_conversation_id_seq_key", properties: ["conversationId", "seq"] })
@Index({ name: "messages_conversation_id_position_idx", properties: ["conversationId", "position"] })
@Index({
  name: "messages_pinned_idx",
  expression:
    "create index messages_pinned_idx on messages (conversation_id, pinned_at desc, id desc) where pinned_at is not null",
})
@Index({
  name: "messages_client_message_id_key",
  expression:
    "create unique index messages_client_message_id_key on messages (sender_id, client_message_id) where client_message_id is not null",
})
@Index({
  name: "messages_file_id_idx",
  expression: "create index messages_file_id_idx on messages (file_id) where file_id is not null",
})
@Index({
  name: "messages_gone_idx",
  expression:
    "create index messages_gone_idx on messages (conversation_id, seq) where deleted_at is not null or recalled_at is not null",
})
export class Message {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: msg_42." })
  get nodeId(): string {
    return globalId("message", this.id);
  }

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @Field(() => Int, {
    description: "Its number in the conversation: 1, 2, 3 … with no gap. What reading up to points at.",
  })
  @Property({ type: bigint() })
  seq!: number;

  /** The log's position of its latest change. */
  @Property({ type: bigint() })
  position!: number;

  /** What `cursor` says: its position, unless it is handed to somebody who catches up and has not come so far yet. */
  cursorPosition!: number;

  /** The log's position at which it was added. */
  @Property({ type: bigint() })
  addedPosition!: number;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "sender_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  senderId: number | null = null;

  @Field(() => MessageType, { description: "What it carries." })
  @Enum({ items: () => MessageType, type: "text" })
  type!: MessageType;

  @Field(() => String, { description: "What it says; empty once deleted or recalled." })
  @Property({ type: "text" })
  content!: string;

  /** What a SYSTEM message tells. */
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  system: SystemNote | null = null;

  @Field(() => Location, { nullable: true, description: "The place of a LOCATION message." })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  location: Location | null = null;

  /** A message of the same conversation. No foreign key: messages go only with their conversation, replies included. */
  @Property({ type: bigint(), nullable: true })
  replyToId: number | null = null;

  /** What it carries, of an IMAGE, FILE, AUDIO or VIDEO message. */
  @ManyToOne({
    entity: () => File,
    mapToPk: true,
    fieldName: "file_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  fileId: number | null = null;

  @Field(() => ExternalFile, {
    nullable: true,
    description:
      "What an IMAGE, FILE, AUDIO or VIDEO message of a client of an older protocol carries in the place of `file`: one that " +
      "lies elsewhere on the web. Null once the message is deleted or recalled.",
  })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  externalFile: ExternalFile | null = null;

  /** The message that it repeats. No foreign key: it may stand in another conversation, and go with it. */
  @Property({ type: bigint(), nullable: true })
  forwardedFromId: number | null = null;

  @Property({ type: BigIntArray, columnType: "bigint[]", nullable: true })
  mentions: number[] | null = null;

  @Field(() => Boolean, {
    description: "Encrypted by its sender; the server passes it through and reads nothing in it.",
  })
  @Property({ type: "boolean", default: false })
  isEncrypted: boolean = false;

  @Field(() => String, {
    nullable: true,
    description: "The sender's own name for it, by which a repeated send is known; shown to everybody.",
  })
  @Property({ type: "text", nullable: true })
  clientMessageId: string | null = null;

  /** SHA-256 of what was sent under clientMessageId, by which the same content is told from other content. */
  @Property({ type: "blob", columnType: "bytea", nullable: true, lazy: true })
  fingerprint: Buffer | null = null;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  editedAt: Date | null = null;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  recalledAt: Date | null = null;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  deletedAt: Date | null = null;

  @Field(() => Date, { nullable: true, description: "When it was pinned; null where it is not." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  pinnedAt: Date | null = null;

  /** Who pinned it. No foreign key: it says nothing without a pin, and accounts hardly ever go. */
  @Property({ type: bigint(), nullable: true })
  pinnedById: number | null = null;

  @Field(() => Date, { description: "When it was written." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When it last changed." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();

  @Field(() => Boolean, { description: "Whether its sender changed it." })
  get isEdited(): boolean {
    return this.editedAt !== null;
  }

  @Field(() => Boolean, { description: "Whether it was deleted." })
  get isDeleted(): boolean {
    return this.deletedAt !== null;
  }

  @Field(() => Boolean, { description: "Whether it is pinned to the conversation." })
  get isPinned(): boolean {
    return this.pinnedAt !== null;
  }

  @Field(() => Boolean, {
    description: "Whether it repeats another message, which `forwardedFrom` shows to those who may see it.",
  })
  get isForwarded(): boolean {
    return this.forwardedFromId !== null;
  }

  @Field(() => Boolean, { description: "Whether its sender took it back." })
  get isRecalled(): boolean {
    return this.recalledAt !== null;
  }

  /** Whether it says nothing any more. */
  get isGone(): boolean {
    return this.isDeleted || this.isRecalled;
  }
}

import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** What a conversation is. */
export enum ConversationKind {
  ROOM = "ROOM",
  GROUP = "GROUP",
  DIRECT = "DIRECT",
}
registerEnumType(ConversationKind, {
  name: "ConversationKind",
  description: "What a conversation is.",
  valuesConfig: {
    ROOM: { description: "Has a name of its own in the server's list; people join it or are invited." },
    GROUP: { description: "People whom a member put together; never listed." },
    DIRECT: { description: "Two people; the same one every time." },
  },
});

/** Who finds a room. */
export enum RoomVisibility {
  PUBLIC = "PUBLIC",
  PRIVATE = "PRIVATE",
}
registerEnumType(RoomVisibility, {
  name: "RoomVisibility",
  description: "Who finds a room.",
  valuesConfig: {
    PUBLIC: { description: "Everybody can find, read and join it." },
    PRIVATE: { description: "It exists for its members only; one gets in by invite." },
  },
});

/**
 * One row a conversation, whatever its kind. `position` counts the durable changes of its log, `lastSeq` its messages;
 * both move only under this row's lock, so the order of numbers is the order of commits and there is no hole.
 */
@InterfaceType({ implements: Node, description: "People who write to each other: a room, a group or two people." })
@Entity({ tableName: "conversations", abstract: true, discriminatorColumn: "kind" })
@Index({
  name: "conversations_slug_key",
  expression: "create unique index conversations_slug_key on conversations (lower(slug))",
})
@Index({
  name: "conversations_public_idx",
  expression: "create index conversations_public_idx on conversations (lower(name), id) where visibility = 'PUBLIC'",
})
@Index({
  name: "conversations_avatar_file_idx",
  expression:
    "create index conversations_avatar_file_idx on conversations (file_token(avatar_url)) where avatar_url is not null",
})
@Index({
  name: "conversations_search_idx",
  expression:
    "create index conversations_search_idx on conversations using gin (search_suffixes(search_fold(name || ' ' || slug))) " +
    "with (fastupdate = off) where kind = 'ROOM'",
})
export abstract class Conversation {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: conv_1." })
  get nodeId(): string {
    return globalId("conversation", this.id);
  }

  @Field(() => ConversationKind, { description: "Room, group or direct." })
  @Enum({ items: () => ConversationKind, type: "text" })
  kind!: ConversationKind;

  @Field(() => String, {
    nullable: true,
    description: "Address of the picture; of a direct conversation the other's picture.",
  })
  @Property({ type: "text", nullable: true })
  avatarUrl: string | null = null;

  @Field(() => Int, { description: "How many people are in it." })
  @Property({ type: "integer", default: 0 })
  memberCount: number = 0;

  @Field(() => Int, { description: "The seq of the newest message; 0 where nothing was said yet." })
  @Property({ type: bigint(), default: 0 })
  lastSeq: number = 0;

  @Property({ type: bigint(), default: 0 })
  position: number = 0;

  @Field(() => Date, { description: "When it was made." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When anything in it last changed: a message, a member, its name." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();

  /**
   * Whether the viewer holds no more than an invite: name and size are shown, people and messages are not. Not stored;
   * {@link demandInside} guards what a preview must not tell.
   */
  isPreview: boolean = false;
}

@ObjectType({ implements: [Conversation, Node], description: "A named place that people join or are invited to." })
@Entity({ discriminatorValue: ConversationKind.ROOM })
export class Room extends Conversation {
  @Field(() => String, {
    description: "A unique word for the room, case ignored: `global` is the room everyone is in.",
  })
  @Property({ type: "text", nullable: true })
  slug!: string;

  @Field(() => String, { description: "Its name; 1-100 characters." })
  @Property({ type: "text", nullable: true })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is about; at most 1,000 characters." })
  @Property({ type: "text", nullable: true })
  description: string | null = null;

  @Field(() => RoomVisibility, { description: "Who finds it." })
  @Enum({ items: () => RoomVisibility, type: "text", nullable: true })
  visibility!: RoomVisibility;

  @Field(() => Int, { description: "How many people it takes." })
  @Property({ type: "integer", nullable: true })
  maxMembers!: number;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "created_by_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  createdById: number | null = null;
}

@ObjectType({ implements: [Conversation, Node], description: "People whom a member put together." })
@Entity({ discriminatorValue: ConversationKind.GROUP })
export class Group extends Conversation {
  @Field(() => String, { description: "Its name; 1-100 characters." })
  @Property({ type: "text", nullable: true })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is about; at most 1,000 characters." })
  @Property({ type: "text", nullable: true })
  description: string | null = null;

  @Field(() => Int, { description: "How many people it takes." })
  @Property({ type: "integer", nullable: true })
  maxMembers!: number;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "created_by_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  createdById: number | null = null;
}

@ObjectType({ implements: [Conversation, Node], description: "Two people." })
@Entity({ discriminatorValue: ConversationKind.DIRECT })
export class DirectConversation extends Conversation {
  /** `smaller:larger` of the two users' ids: what makes it the same one every time. */
  @Property({ type: "text", nullable: true, unique: "conversations_direct_key_key" })
  directKey!: string;

  /** The other of the two, as one of them sees it. */
  peerOf(userId: number): number {
    const [smaller, larger] = this.directKey.split(":").map(Number) as [number, number];
    return userId === smaller ? larger : smaller;
  }
}

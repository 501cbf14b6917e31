import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** Of what somebody is notified. */
export enum NotificationType {
  MESSAGE = "MESSAGE",
  MENTION = "MENTION",
  ROOM_INVITE = "ROOM_INVITE",
  FRIEND_REQUEST = "FRIEND_REQUEST",
  CALL = "CALL",
  BROADCAST = "BROADCAST",
  SYSTEM = "SYSTEM",
}
registerEnumType(NotificationType, {
  name: "NotificationType",
  description: "Of what somebody is notified.",
  valuesConfig: {
    MESSAGE: { description: "Somebody wrote. One for each conversation while it is unread, which counts up." },
    MENTION: {
      description:
        "Somebody named the viewer in a message. One for each conversation while it is unread, which counts up.",
    },
    ROOM_INVITE: { description: "Somebody put the viewer into a room or group." },
    FRIEND_REQUEST: { description: "Somebody asked to be friends, or said yes to the viewer." },
    CALL: { description: "A call that the viewer missed. That one rings is pushed, and not kept as a notification." },
    BROADCAST: { description: "Said by an administrator to many." },
    SYSTEM: { description: "Said by the server or an administrator." },
  },
});

/**
 * What one user is to know. A MESSAGE or MENTION stands for all of its kind that its conversation has for the reader
 * since they last read, and `seq` is the last one's: it is read once the member's reading position has come so far,
 * whether or not `readAt` says so yet. Title and content are kept only where they cannot be made of what it is about.
 */
@ObjectType({ implements: Node, description: "Something that the viewer is to know." })
@Entity({ tableName: "notifications" })
@Index({ name: "notifications_user_id_idx", properties: ["userId", "updatedAt", "id"] })
@Index({ name: "notifications_updated_at_idx", properties: ["updatedAt"] })
@Index({
  name: "notifications_conversation_id_idx",
  expression:
    "create index notifications_conversation_id_idx on notifications (conversation_id) where conversation_id is not null",
})
@Index({
  name: "notifications_unread_key",
  expression:
    "create unique index notifications_unread_key on notifications (conversation_id, user_id, type) where read_at is null and type in ('MESSAGE', 'MENTION')",
})
@Index({
  name: "notifications_key_key",
  expression: "create unique index notifications_key_key on notifications (user_id, key) where key is not null",
})
export class Notification {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: notif_1." })
  get nodeId(): string {
    return globalId("notification", this.id);
  }

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "user_id", deleteRule: "cascade", index: false })
  userId!: number;

  @Field(() => NotificationType, { description: "Of what." })
  @Enum({ items: () => NotificationType, type: "text" })
  type!: NotificationType;

  /** Null where it is made of what it is about. */
  @Property({ type: "text", nullable: true })
  title: string | null = null;

  @Property({ type: "text", nullable: true })
  content: string | null = null;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "actor_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  actorId: number | null = null;

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    nullable: true,
    deleteRule: "cascade",
    index: false,
  })
  conversationId: number | null = null;

  /** No foreign key: the message may go before what was said of it. */
  @Property({ type: bigint(), nullable: true })
  messageId: number | null = null;

  @Property({ type: bigint(), nullable: true })
  seq: number | null = null;

  @Field(() => Json, { nullable: true, description: "For programs: what whoever made it put with it." })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  data: unknown = null;

  @Field(() => Int, {
    description: "How many messages a MESSAGE or MENTION stands for; 1 of every other type.",
  })
  @Property({ type: "integer", default: 1 })
  count: number = 1;

  /** What makes a second one for the same cause impossible; null where nothing needs to. */
  @Property({ type: "text", nullable: true })
  key: string | null = null;

  @Field(() => Date, { nullable: true, description: "When it was read; null while it is unread." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  readAt: Date | null = null;

  @Field(() => Date, { description: "When it was made." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When it was last counted up; else when it was made. What lists are sorted by." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();

  @Field(() => Boolean, {
    description:
      "Whether it was marked as read, or its messages were: a MESSAGE or MENTION is read with its conversation.",
  })
  get isRead(): boolean {
    return this.readAt !== null;
  }
}

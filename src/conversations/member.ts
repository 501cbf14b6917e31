import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property, Unique } from "@mikro-orm/decorators/legacy";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";
import { Conversation } from "./conversation.ts";
import { NotificationLevel } from "./notification-level.ts";

/** What a member may do; src/rooms/permissions.ts has the table. */
export enum MemberRole {
  OWNER = "OWNER",
  ADMIN = "ADMIN",
  MEMBER = "MEMBER",
}
registerEnumType(MemberRole, {
  name: "MemberRole",
  description: "What a member may do.",
  valuesConfig: {
    OWNER: { description: "Everything, deleting and handing over included." },
    ADMIN: { description: "Moderates: members, invites, messages, name." },
    MEMBER: { description: "Reads and writes." },
  },
});

/** What the field says of itself; its resolver keeps it. */
export const NOTIFICATION_LEVEL =
  "Of what the member is notified: what they set; else ALL up to 100 members, and MENTIONS in larger conversations. What " +
  "somebody set is their own business: of others it reads as if they had set nothing.";

/**
 * Somebody in a conversation. The row stays when they leave (`leftAt`), so that a ban outlives the membership and what
 * they had read is known when they return.
 */
@ObjectType({ implements: Node, description: "Somebody in a conversation." })
@Entity({ tableName: "members" })
@Unique({ name: "members_conversation_id_user_id_key", properties: ["conversationId", "userId"] })
@Index({
  name: "members_user_id_idx",
  expression: "create index members_user_id_idx on members (user_id, conversation_id) where left_at is null",
})
@Index({
  name: "members_hears_all_idx",
  expression:
    "create index members_hears_all_idx on members (conversation_id) where notification_level = 'ALL' and left_at is null",
})
@Index({
  name: "members_left_idx",
  expression: "create index members_left_idx on members (user_id) where left_at is not null",
})
@Index({
  name: "members_banned_idx",
  expression: "create index members_banned_idx on members (conversation_id, user_id) where is_banned",
})
@Index({ name: "members_changed_xid_idx", properties: ["changedXid"] })
export class Member {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: member_1." })
  get nodeId(): string {
    return globalId("member", this.id);
  }

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "user_id", deleteRule: "cascade", index: false })
  userId!: number;

  @Field(() => MemberRole, { description: "What the member may do here." })
  @Enum({ items: () => MemberRole, type: "text", default: MemberRole.MEMBER })
  role: MemberRole = MemberRole.MEMBER;

  @Field(() => String, { nullable: true, description: "The name that the member goes by here; at most 64 characters." })
  @Property({ type: "text", nullable: true })
  nickname: string | null = null;

  @Field(() => Date, { description: "When the member came in, the last time." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  joinedAt: Date = new Date();

  @Property({ type: "timestamptz", length: 3, nullable: true })
  leftAt: Date | null = null;

  @Field(() => Int, { description: "The seq up to which the member has read." })
  @Property({ type: bigint(), default: 0 })
  lastReadSeq: number = 0;

  @Field(() => Date, { nullable: true, description: "When lastReadSeq last moved." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  lastReadAt: Date | null = null;

  @Property({ type: bigint(), default: 0 })
  lastDeliveredSeq: number = 0;

  @Property({ type: "timestamptz", length: 3, nullable: true })
  lastDeliveredAt: Date | null = null;

  @Field(() => Boolean, { description: "Silenced by a moderator; one's own quiet is notificationLevel NONE." })
  @Property({ type: "boolean", default: false })
  isMuted: boolean = false;

  @Field(() => Boolean, { description: "Put out by a moderator, and kept out until the ban is lifted." })
  @Property({ type: "boolean", default: false })
  isBanned: boolean = false;

  /** What the member set; null where they left it to the conversation's size. */
  @Enum({ items: () => NotificationLevel, type: "text", nullable: true })
  notificationLevel: NotificationLevel | null = null;

  /** The messages that the member ever sent here; kept by the writer. */
  @Property({ type: bigint(), default: 0 })
  sent: number = 0;

  /** Where the log stood when the member came in, the last time; kept by a trigger. What is new to them begins there. */
  @Property({ type: bigint(), default: 0 })
  joinedPosition: number = 0;

  /** The transaction that last changed who may see what; kept by a trigger. Nodes find by it what they were not told. */
  @Property({ type: "xid8", columnType: "xid8", defaultRaw: "pg_current_xact_id()", hidden: true })
  changedXid!: string;
}

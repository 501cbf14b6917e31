import { ArrayType } from "@mikro-orm/core";
import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { BigIntArray, bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { Node } from "../kernel/node.ts";
import { User, type UserRole } from "../users/user.ts";

/** Something that an administrator told many people at once. */
@ObjectType({ implements: Node, description: "Something that an administrator told many people at once." })
@Entity({ tableName: "broadcasts" })
@Index({ name: "broadcasts_created_at_idx", properties: ["createdAt", "id"] })
export class Broadcast {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: broadcast_1." })
  get nodeId(): string {
    return globalId("broadcast", this.id);
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

  @Field(() => String, { description: "What it is about, in one line." })
  @Property({ type: "text" })
  title!: string;

  @Field(() => String, { description: "What it says." })
  @Property({ type: "text" })
  content!: string;

  @Field(() => Json, { nullable: true, description: "What programs make of it, as the sender gave it." })
  @Property({ type: "json", columnType: "jsonb", nullable: true })
  data: unknown = null;

  /** Whose accounts have one of these roles; null where it is not by role. */
  @Property({ type: ArrayType, columnType: "text[]", nullable: true })
  toRoles: UserRole[] | null = null;

  /** Who these are; null where it is not by name. With neither it is for everybody. */
  @Property({ type: BigIntArray, columnType: "bigint[]", nullable: true })
  toUserIds: number[] | null = null;

  /** The last account that there was when it was sent: it is for nobody who came later. */
  @Property({ type: bigint() })
  lastUserId!: number;

  /** Up to which account the notifications were made. */
  @Property({ type: bigint(), default: 0 })
  spreadTo: number = 0;

  /** The people for whom a notification was made so far. */
  @Property({ type: "integer", default: 0 })
  receiverCount: number = 0;

  @Field(() => Date, { description: "When it was sent." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  /** When everybody had their notification; null while they are being made. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  completedAt: Date | null = null;
}

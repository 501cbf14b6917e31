import { ArrayType } from "@mikro-orm/core";
import { Entity, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { BigIntArray, bigint, time } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
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

  /** For how many accounts in use it was when it was sent. */
  @Property({ type: "integer" })
  recipientCount!: number;

  @Field(() => Date, { description: "When it was sent." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();
}

/** Whether a broadcast is for somebody: for those it names, for those of its roles, or for everybody. */
export const isFor = ({ toRoles, toUserIds }: Broadcast, userId: number, role: string): boolean =>
  toUserIds?.includes(userId) ?? (toRoles as string[] | null)?.includes(role) ?? true;

/** The columns that {@link broadcastFrom} reads. */
export const BROADCAST_COLUMNS =
  "id, sender_id, title, content, data, to_roles, to_user_ids, recipient_count, created_at";

/** A broadcast as a statement or the bus brought it. */
export function broadcastFrom(row: Row): Broadcast {
  return Object.assign(new Broadcast(), {
    id: Number(row["id"]),
    senderId: row["sender_id"] === null ? null : Number(row["sender_id"]),
    title: row["title"] as string,
    content: row["content"] as string,
    data: row["data"],
    toRoles: row["to_roles"] as UserRole[] | null,
    toUserIds: row["to_user_ids"] === null ? null : (row["to_user_ids"] as (string | number)[]).map(Number),
    recipientCount: Number(row["recipient_count"]),
    createdAt: time(row["created_at"]),
  });
}

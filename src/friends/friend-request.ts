import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** What became of a friend request. */
export enum FriendRequestStatus {
  PENDING = "PENDING",
  ACCEPTED = "ACCEPTED",
  REJECTED = "REJECTED",
  CANCELLED = "CANCELLED",
}
registerEnumType(FriendRequestStatus, {
  name: "FriendRequestStatus",
  description: "What became of a friend request.",
  valuesConfig: {
    PENDING: { description: "Not answered yet." },
    ACCEPTED: { description: "The two are friends since." },
    REJECTED: { description: "The receiver said no." },
    CANCELLED: { description: "The sender took it back." },
  },
});

@ObjectType({ implements: Node, description: "Somebody asks somebody to be friends." })
@Entity({ tableName: "friend_requests" })
@Index({
  name: "friend_requests_pending_key",
  expression:
    "create unique index friend_requests_pending_key on friend_requests (from_user_id, to_user_id) where status = 'PENDING'",
})
@Index({ name: "friend_requests_to_user_id_idx", properties: ["toUserId", "status", "id"] })
@Index({ name: "friend_requests_from_user_id_idx", properties: ["fromUserId", "status", "id"] })
export class FriendRequest {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: freq_1." })
  get nodeId(): string {
    return globalId("friendRequest", this.id);
  }

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "from_user_id", deleteRule: "cascade", index: false })
  fromUserId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, fieldName: "to_user_id", deleteRule: "cascade", index: false })
  toUserId!: number;

  @Field(() => String, { nullable: true, description: "What the sender says with it; at most 500 characters." })
  @Property({ type: "text", nullable: true })
  message: string | null = null;

  @Field(() => FriendRequestStatus, { description: "What became of it." })
  @Enum({ items: () => FriendRequestStatus, type: "text", default: FriendRequestStatus.PENDING })
  status: FriendRequestStatus = FriendRequestStatus.PENDING;

  @Field(() => Date, { description: "When it was sent." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Property({ type: "timestamptz", length: 3, nullable: true })
  respondedAt: Date | null = null;
}

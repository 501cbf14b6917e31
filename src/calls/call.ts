import { Entity, Enum, Index, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { User } from "../users/user.ts";

/** What a call carries. */
export enum CallMedia {
  VOICE = "VOICE",
  VIDEO = "VIDEO",
}
registerEnumType(CallMedia, {
  name: "CallMedia",
  description: "What a call carries.",
  valuesConfig: { VOICE: { description: "Sound." }, VIDEO: { description: "Sound and pictures." } },
});

/** Where a call stands. */
export enum CallState {
  RINGING = "RINGING",
  ACTIVE = "ACTIVE",
  ENDED = "ENDED",
}
registerEnumType(CallState, {
  name: "CallState",
  description: "Where a call stands.",
  valuesConfig: {
    RINGING: { description: "Nobody has answered yet." },
    ACTIVE: { description: "Somebody has answered." },
    ENDED: { description: "It is over." },
  },
});

/** Why a call ended. */
export enum CallEndReason {
  HUNG_UP = "HUNG_UP",
  DECLINED = "DECLINED",
  BUSY = "BUSY",
  CANCELLED = "CANCELLED",
  MISSED = "MISSED",
  CONNECTION_LOST = "CONNECTION_LOST",
}
registerEnumType(CallEndReason, {
  name: "CallEndReason",
  description: "Why a call ended.",
  valuesConfig: {
    HUNG_UP: { description: "It was answered, and fewer than two stayed." },
    DECLINED: { description: "Nobody wanted to answer." },
    BUSY: { description: "Everybody was in another call." },
    CANCELLED: { description: "Whoever started it gave up before anybody answered." },
    MISSED: { description: "It rang for 45 seconds, and nobody answered." },
    CONNECTION_LOST: { description: "The connection of somebody in it was gone for 15 seconds, and they were needed." },
  },
});

/** A call. Changed under its conversation's lock only; its history is the SYSTEM message that its end writes. */
@ObjectType({
  implements: Node,
  description:
    "A call in a direct conversation or a group. The server carries its signals; sound and pictures go by WebRTC between the " +
    "parties. Calls are forgotten 30 days after their end: what stays is the SYSTEM message.",
})
@Entity({ tableName: "calls" })
@Index({ name: "calls_conversation_id_idx", properties: ["conversationId"] })
@Index({
  name: "calls_running_key",
  expression: "create unique index calls_running_key on calls (conversation_id) where state <> 'ENDED'",
})
@Index({ name: "calls_started_by_id_idx", properties: ["startedById", "startedAt"] })
@Index({
  name: "calls_ended_at_idx",
  expression: "create index calls_ended_at_idx on calls (ended_at) where ended_at is not null",
})
export class Call {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: call_1." })
  get nodeId(): string {
    return globalId("call", this.id);
  }

  @ManyToOne({
    entity: () => Conversation,
    mapToPk: true,
    fieldName: "conversation_id",
    deleteRule: "cascade",
    index: false,
  })
  conversationId!: number;

  @Field(() => CallMedia, { description: "What it carries." })
  @Enum({ items: () => CallMedia, type: "text" })
  media!: CallMedia;

  @Field(() => CallState, { description: "Where it stands." })
  @Enum({ items: () => CallState, type: "text", default: CallState.RINGING })
  state: CallState = CallState.RINGING;

  @Field(() => CallEndReason, { nullable: true, description: "Why it ended; null while it runs." })
  @Enum({ items: () => CallEndReason, type: "text", nullable: true })
  endReason: CallEndReason | null = null;

  @ManyToOne({
    entity: () => User,
    mapToPk: true,
    fieldName: "started_by_id",
    nullable: true,
    deleteRule: "set null",
    index: false,
  })
  startedById: number | null = null;

  @Field(() => Date, { description: "When it began to ring." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  startedAt: Date = new Date();

  @Field(() => Date, { nullable: true, description: "When the first party answered; null where none did." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  answeredAt: Date | null = null;

  @Field(() => Date, { nullable: true, description: "When it ended; null while it runs." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  endedAt: Date | null = null;
}

import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, Enum, Index, ManyToOne, Property } from "@mikro-orm/decorators/legacy";
import { Field, ObjectType, registerEnumType } from "type-graphql";

import { User } from "../users/user.ts";
import { Call } from "./call.ts";

/** People of a call, at the most: each client sends to each other one. */
export const CALL_PARTIES_MAXIMUM = 50;

/** How somebody stands to a call. */
export enum CallPartyState {
  RINGING = "RINGING",
  JOINED = "JOINED",
  DECLINED = "DECLINED",
  BUSY = "BUSY",
  MISSED = "MISSED",
  LEFT = "LEFT",
}
registerEnumType(CallPartyState, {
  name: "CallPartyState",
  description: "How somebody stands to a call.",
  valuesConfig: {
    RINGING: { description: "It rings for them." },
    JOINED: { description: "They are in it." },
    DECLINED: { description: "They did not want to answer." },
    BUSY: { description: "They were in another call." },
    MISSED: { description: "They did not answer in time." },
    LEFT: { description: "They were in it, and are no more." },
  },
});

/** Somebody who is called, or calls. Of all their devices one is in the call. */
@ObjectType({ description: "Somebody who is called, or calls." })
@Entity({ tableName: "call_parties" })
@Index({
  name: "call_parties_open_idx",
  expression: "create index call_parties_open_idx on call_parties (user_id) where state in ('RINGING', 'JOINED')",
})
@Index({
  name: "call_parties_joined_key",
  expression: "create unique index call_parties_joined_key on call_parties (user_id) where state = 'JOINED'",
})
@Index({
  name: "call_parties_node_id_idx",
  expression: "create index call_parties_node_id_idx on call_parties (node_id) where state = 'JOINED'",
})
@Index({
  name: "call_parties_lost_at_idx",
  expression:
    "create index call_parties_lost_at_idx on call_parties (lost_at) where state = 'JOINED' and lost_at is not null",
})
export class CallParty {
  [PrimaryKeyProp]?: ["callId", "userId"];

  @ManyToOne({ entity: () => Call, mapToPk: true, primary: true, fieldName: "call_id", deleteRule: "cascade" })
  callId!: number;

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  @Field(() => CallPartyState, { description: "How they stand to it." })
  @Enum({ items: () => CallPartyState, type: "text", default: CallPartyState.RINGING })
  state: CallPartyState = CallPartyState.RINGING;

  /** Which of their devices is in it, as src/calls/devices.ts names them; null where none ever was. */
  @Property({ type: "text", nullable: true })
  device: string | null = null;

  /** The node at which that device listens; null where it listens nowhere. */
  @Property({ type: "uuid", nullable: true })
  nodeId: string | null = null;

  /** Since when that device listens nowhere. */
  @Property({ type: "timestamptz", length: 3, nullable: true })
  lostAt: Date | null = null;

  @Field(() => Date, { nullable: true, description: "When they came in, the last time; null where they never did." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  joinedAt: Date | null = null;

  @Field(() => Date, { nullable: true, description: "When they left, the last time; null where they did not." })
  @Property({ type: "timestamptz", length: 3, nullable: true })
  leftAt: Date | null = null;
}

import { Field, ObjectType, registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { tellUsers } from "../realtime/events.ts";
import type { Pair } from "./pair.ts";

/** What changed between two people. */
export enum FriendshipChange {
  REQUESTED = "REQUESTED",
  ACCEPTED = "ACCEPTED",
  REJECTED = "REJECTED",
  CANCELLED = "CANCELLED",
  REMOVED = "REMOVED",
  BLOCKED = "BLOCKED",
  UNBLOCKED = "UNBLOCKED",
}
registerEnumType(FriendshipChange, {
  name: "FriendshipChange",
  description: "What changed between two people.",
  valuesConfig: {
    REQUESTED: { description: "One of the two asked the other: see the request's `from` and `to`." },
    ACCEPTED: { description: "The two are friends now." },
    REJECTED: { description: "The request was answered with no." },
    CANCELLED: { description: "The request was taken back." },
    REMOVED: { description: "The two are friends no more." },
    BLOCKED: { description: "The viewer has blocked the user. Only the viewer's own clients are told." },
    UNBLOCKED: { description: "The viewer has unblocked the user. Only the viewer's own clients are told." },
  },
});

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** Something changed between the receiver and `userId`. */
    friendship: { readonly change: FriendshipChange; readonly userId: number; readonly requestId: number | null };
  }
}

@ObjectType({ description: "Something changed between the viewer and somebody." })
export class FriendshipEvent {
  @Field(() => FriendshipChange, { description: "What changed." })
  readonly change: FriendshipChange;

  readonly userId: number;
  readonly requestId: number | null;

  /** @param event the UserEvent `friendship`, as the bus carried it */
  constructor(event: { change: FriendshipChange; userId: number; requestId: number | null }) {
    this.change = event.change;
    this.userId = event.userId;
    this.requestId = event.requestId;
  }
}

/** Tells both people, after the commit. */
export function tellBoth(tx: Context, { me, other }: Pair, change: FriendshipChange, requestId: number | null): void {
  tellUsers(tx, [me], { type: "friendship", change, userId: other, requestId });
  tellUsers(tx, [other], { type: "friendship", change, userId: me, requestId });
}

/** Tells the viewer's own clients alone, after the commit. */
export function tellMe(tx: Context, { me, other }: Pair, change: FriendshipChange): void {
  tellUsers(tx, [me], { type: "friendship", change, userId: other, requestId: null });
}

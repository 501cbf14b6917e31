import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { tellUsers } from "../realtime/events.ts";
import { CallEndReason } from "./call.ts";
import type { Scene } from "./scene.ts";

/** What happened to a call, or came to the viewer in one. */
export enum CallEventKind {
  RINGING = "RINGING",
  ACCEPTED = "ACCEPTED",
  ANSWERED_ELSEWHERE = "ANSWERED_ELSEWHERE",
  DECLINED = "DECLINED",
  BUSY = "BUSY",
  MISSED = "MISSED",
  LEFT = "LEFT",
  ENDED = "ENDED",
  OFFER = "OFFER",
  ANSWER = "ANSWER",
  CANDIDATE = "CANDIDATE",
}
registerEnumType(CallEventKind, {
  name: "CallEventKind",
  description: "What happened to a call, or came to the viewer in one.",
  valuesConfig: {
    RINGING: { description: "`user` calls. The caller's own devices are told too." },
    ACCEPTED: { description: "`user` came in; of the viewer's own devices, this one." },
    ANSWERED_ELSEWHERE: { description: "Another device of the viewer's came in: this one stops ringing." },
    DECLINED: { description: "`user` does not want to answer." },
    BUSY: { description: "`user` is in another call." },
    MISSED: { description: "It has rung for 45 seconds and rings no more; the call goes on. See its parties." },
    LEFT: { description: "`user` is out, and the call goes on." },
    ENDED: { description: "The call is over: see `endReason`. `user` is who ended it, if somebody did." },
    OFFER: { description: "`user` offers a connection: see `sdp`." },
    ANSWER: { description: "`user` answers an offer: see `sdp`." },
    CANDIDATE: { description: "`user` can be reached at an address: see `candidate`." },
  },
});

/** What is passed on from one party to another, and never stored. */
export type SignalKind = "OFFER" | "ANSWER" | "CANDIDATE";
type News = Exclude<`${CallEventKind}`, SignalKind | "ANSWERED_ELSEWHERE">;

interface Told {
  readonly callId: number;
  readonly kind: News | SignalKind;
  /** Who did it; null where time did. */
  readonly userId: number | null;
  readonly endReason?: `${CallEndReason}`;
  readonly sdp?: string;
  readonly candidate?: string;
  /** The one device of the receiver's that it is for; all of them where it is not said. */
  readonly only?: string;
  /** The device with which the receiver themselves came in. */
  readonly own?: string;
}

declare module "../realtime/events.ts" {
  interface UserEvents {
    call: Told;
  }
}

@ObjectType({ description: "Something happened to a call of the viewer's, or came to them in one." })
export class CallEvent {
  @Field(() => CallEventKind, { description: "What happened." })
  readonly kind: CallEventKind;

  @Field(() => ID, { name: "callId", description: "The call's global id." })
  readonly globalCallId: string;

  @Field(() => CallEndReason, { nullable: true, description: "Why the call ended, where it did." })
  readonly endReason: CallEndReason | null;

  @Field(() => String, {
    nullable: true,
    description: "The session description of an OFFER or ANSWER (RFC 8829), as the other client wrote it.",
  })
  readonly sdp: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The ICE candidate of a CANDIDATE, as the other client wrote it; empty where there are no more.",
  })
  readonly candidate: string | null;

  /** The call's number. */
  readonly of: number;
  readonly userId: number | null;

  constructor(told: Told, kind: CallEventKind) {
    this.kind = kind;
    this.globalCallId = globalId("call", told.callId);
    this.endReason = told.endReason === undefined ? null : CallEndReason[told.endReason];
    this.sdp = told.sdp ?? null;
    this.candidate = told.candidate ?? null;
    this.of = told.callId;
    this.userId = told.userId;
  }
}

/** The event as one device of the receiver's hears it; null where it is for another one. */
export function heardBy(device: string, told: Told): CallEvent | null {
  if (told.only !== undefined && told.only !== device) return null;
  const elsewhere = told.own !== undefined && told.own !== device;
  return new CallEvent(told, elsewhere ? CallEventKind.ANSWERED_ELSEWHERE : CallEventKind[told.kind]);
}

/**
 * Tells everybody who was asked to the call and is a member still, and whoever did it, after the commit.
 *
 * @param userId who did it; null where time did
 * @param device with which they came in, where they did
 */
export function tellParties(
  tx: Context,
  { call, parties }: Scene,
  kind: News,
  userId: number | null,
  device?: string,
): void {
  const told = { callId: call.id, kind, userId, ...(call.endReason === null ? {} : { endReason: call.endReason }) };
  const present = [...parties].filter(([, party]) => party.present).map(([id]) => id);
  const others =
    device === undefined ? [...present, ...(userId === null ? [] : [userId])] : present.filter((id) => id !== userId);
  tellUsers(tx, others, { type: "call", ...told });
  if (device !== undefined && userId !== null) tellUsers(tx, [userId], { type: "call", ...told, own: device });
}

/** Passes on what one party says to another, to that one alone. */
export function tellSignal(
  ctx: Context,
  toUserId: number,
  signal: { callId: number; kind: SignalKind; userId: number; only: string | null; sdp?: string; candidate?: string },
): void {
  const { only, ...told } = signal;
  tellUsers(ctx, [toUserId], { type: "call", ...told, ...(only === null ? {} : { only }) });
}

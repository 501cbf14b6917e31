import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";

import { Call, CallMedia } from "./call.ts";

/** What somebody does in a call. */
export enum CallAction {
  ACCEPT = "ACCEPT",
  DECLINE = "DECLINE",
  BUSY = "BUSY",
  CANCEL = "CANCEL",
  HANG_UP = "HANG_UP",
  OFFER = "OFFER",
  ANSWER = "ANSWER",
  CANDIDATE = "CANDIDATE",
}
registerEnumType(CallAction, {
  name: "CallAction",
  description: "What somebody does in a call. What is not possible as the call stands is CONFLICT.",
  valuesConfig: {
    ACCEPT: {
      description:
        "Answers it with this device, or comes into one that runs in a group. Where another device of the viewer's is in it and " +
        "has had no connection for 5 seconds, this one takes its place.",
    },
    DECLINE: { description: "Does not want to answer." },
    BUSY: {
      description: "Cannot answer, being in another call. The server says so itself where it knows of that call.",
    },
    CANCEL: { description: "Gives it up before anybody has answered; only who started it." },
    HANG_UP: { description: "Leaves it, from whichever device." },
    OFFER: {
      description: "Sends a session description (`sdp`) to `toUserId`, who is in the call or whom it rings for.",
    },
    ANSWER: { description: "Sends the answer (`sdp`) to an offer of `toUserId`'s." },
    CANDIDATE: { description: "Sends an ICE candidate (`candidate`) to `toUserId`." },
  },
});

const DEVICE =
  "Tells apart what shares a login, such as two tabs: any text of up to 64 characters, the same in startCall, signalCall " +
  "and callSignalled. Without it the login is the device.";

@InputType({ description: "Whom to call." })
export class StartCallInput {
  @Field(() => ID, { description: "A direct conversation or a group of at most 50 people: conv_1." })
  conversationId!: string;

  @Field(() => CallMedia, { description: "What the call carries." })
  media!: CallMedia;

  @Field(() => String, { nullable: true, description: DEVICE })
  deviceId?: string | null;
}

@InputType({ description: "What to do in a call." })
export class SignalCallInput {
  @Field(() => ID, { description: "The call: call_1." })
  callId!: string;

  @Field(() => CallAction, { description: "What is done." })
  action!: CallAction;

  @Field(() => ID, {
    nullable: true,
    description: "Of an OFFER, ANSWER or CANDIDATE: for whom it is, user_1. Between two people it may be left out.",
  })
  toUserId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Of an OFFER or ANSWER: the session description, 1 to 65,536 bytes in UTF-8; passed on as it is.",
  })
  sdp?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Of a CANDIDATE: the ICE candidate in whatever form the clients agree on, such as RTCIceCandidate.toJSON() as text; at " +
      "most 2,048 bytes in UTF-8. Empty says that there are no more.",
  })
  candidate?: string | null;

  @Field(() => String, { nullable: true, description: DEVICE })
  deviceId?: string | null;
}

@ObjectType({ description: "The call that rings." })
export class StartCallPayload {
  @Field(() => Call, {
    description:
      "The call; it has ENDED already where everybody is busy. Where one ran there, that one, with the viewer in it.",
  })
  call!: Call;
}

@ObjectType({ description: "What signalCall changed." })
export class SignalCallPayload {
  @Field(() => Call, { description: "The call as it is now." })
  call!: Call;
}

import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { byIds as conversationsByIds } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { byIds, byIdsOrNull } from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { Viewer } from "../users/viewer.ts";
import { CallEvent } from "./call-event.ts";
import { CallParty, CallPartyState } from "./call-party.ts";
import { Call, CallState } from "./call.ts";
import * as calls from "./calls.ts";
import { deviceOf } from "./devices.ts";
import { IceServer } from "./ice-server.ts";

@Resolver(() => Call)
export class CallFieldsResolver {
  @FieldResolver(() => Conversation, { description: "Where it takes place." })
  async conversation(@Ctx() ctx: Context, @Root() call: Call): Promise<Conversation> {
    const conversation = await ctx.load(conversationsByIds, call.conversationId);
    if (conversation === null) throw notFound("id", "conversation");
    return conversation;
  }

  @FieldResolver(() => User, { nullable: true, description: "Who started it; null where the account is no more." })
  async startedBy(@Ctx() ctx: Context, @Root() call: Call): Promise<User | null> {
    return call.startedById === null ? null : ctx.load(byIdsOrNull, call.startedById);
  }

  @FieldResolver(() => [CallParty], { description: "Everybody who was called or came in; at most 50." })
  parties(@Ctx() ctx: Context, @Root() call: Call): Promise<CallParty[]> {
    return ctx.load(calls.partiesOf, call.id);
  }

  @FieldResolver(() => Boolean, {
    description:
      "Whether the viewer is in it with this device: a client that comes back takes it up again where they are.",
  })
  async joinedHere(
    @Ctx() ctx: Context,
    @Root() call: Call,
    @Arg("deviceId", () => String, { nullable: true, description: "As in startCall and signalCall." })
    deviceId: string | null | undefined,
  ): Promise<boolean> {
    const mine = await ctx.load(calls.ofViewer, call.id);
    return mine?.state === CallPartyState.JOINED && mine.device === deviceOf(ctx, deviceId);
  }

  @FieldResolver(() => [IceServer], {
    description:
      "The STUN and TURN servers of this server's operator, for whoever is in the call or hears it ring; none for others, " +
      "and none once it has ended.",
  })
  async iceServers(@Ctx() ctx: Context, @Root() call: Call): Promise<IceServer[]> {
    if (call.state === CallState.ENDED) return [];
    const mine = await ctx.load(calls.ofViewer, call.id);
    const takesPart = mine?.state === CallPartyState.JOINED || mine?.state === CallPartyState.RINGING;
    return takesPart ? ctx.services.ice.for(ctx.me.userId) : [];
  }
}

@Resolver(() => CallParty)
export class CallPartyResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Ctx() ctx: Context, @Root() party: CallParty): Promise<User> {
    return ctx.load(byIds, party.userId);
  }
}

@Resolver(() => CallEvent)
export class CallEventResolver {
  @FieldResolver(() => Call, {
    nullable: true,
    description:
      "The call as it is now; null where the viewer may not see it any more, or its conversation was deleted.",
  })
  call(@Ctx() ctx: Context, @Root() event: CallEvent): Promise<Call | null> {
    return ctx.load(calls.visibleByIds, event.of);
  }

  @FieldResolver(() => User, { nullable: true, description: "Who did it; null where time did." })
  async user(@Ctx() ctx: Context, @Root() event: CallEvent): Promise<User | null> {
    return event.userId === null ? null : ctx.load(byIdsOrNull, event.userId);
  }
}

@Resolver(() => Conversation)
export class ConversationCallResolver {
  @FieldResolver(() => Call, {
    nullable: true,
    description: "The call that runs here; null where none does. In a group any member may come into it.",
  })
  async activeCall(@Ctx() ctx: Context, @Root() conversation: Conversation): Promise<Call | null> {
    return ctx.viewer === null ? null : ctx.load(calls.runningIn, conversation.id);
  }
}

@Resolver(() => Viewer)
export class ViewerCallsResolver {
  @FieldResolver(() => [Call], {
    description: "The running calls that the viewer is in or that ring for them, the newest first; at most 20.",
  })
  activeCalls(@Ctx() ctx: Context): Promise<Call[]> {
    return calls.openFor(ctx);
  }
}

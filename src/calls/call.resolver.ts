import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { SignalCallInput, SignalCallPayload, StartCallInput, StartCallPayload } from "./call.inputs.ts";
import { Call } from "./call.ts";
import { visibleByIds } from "./calls.ts";
import { deviceOf } from "./devices.ts";
import { signal } from "./signal.service.ts";
import { start } from "./start.service.ts";

@Resolver()
export class CallResolver {
  @Query(() => Call, {
    nullable: true,
    description: "A call of a conversation that the viewer is in; null for others.",
  })
  call(@Ctx() ctx: Context, @Arg("id", () => ID, { description: "call_1" }) id: string): Promise<Call | null> {
    return ctx.load(visibleByIds, rowId("call", id, "id"));
  }

  @Mutation(() => StartCallPayload, {
    description:
      "Calls everybody in a direct conversation or a group. It rings for 45 seconds. Whoever is in a call listens to " +
      "callSignalled with the same device: 15 seconds without that, and they have left.",
  })
  async startCall(
    @Ctx() ctx: Context,
    @Arg("input", () => StartCallInput, { description: "Whom, and how." }) input: StartCallInput,
  ): Promise<StartCallPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    const device = deviceOf(ctx, input.deviceId);
    return { call: await start(ctx, { conversationId, media: input.media, device }) };
  }

  @Mutation(() => SignalCallPayload, {
    description:
      "Answers, declines or leaves a call, or sends to another party what WebRTC needs. Signals of one client reach each party " +
      "in the order in which they were sent.",
  })
  async signalCall(
    @Ctx() ctx: Context,
    @Arg("input", () => SignalCallInput, { description: "What, in which call." }) input: SignalCallInput,
  ): Promise<SignalCallPayload> {
    const call = await signal(ctx, {
      callId: rowId("call", input.callId, "callId"),
      action: input.action,
      toUserId: input.toUserId == null ? null : rowId("user", input.toUserId, "toUserId"),
      sdp: input.sdp ?? null,
      candidate: input.candidate ?? null,
      device: deviceOf(ctx, input.deviceId),
    });
    return { call };
  }
}

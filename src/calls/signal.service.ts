import type { Context } from "../kernel/context.ts";
import * as calls from "./call.service.ts";
import type { Call } from "./call.ts";
import { CANDIDATE_MAXIMUM_BYTES, checkedSignal, relay, SDP_MAXIMUM_BYTES } from "./relay.service.ts";

/** What somebody does in a call: the verbs of call.service.ts, and what is passed on. */
export interface SignalInput {
  readonly callId: number;
  readonly action: "ACCEPT" | "DECLINE" | "BUSY" | "CANCEL" | "HANG_UP" | "OFFER" | "ANSWER" | "CANDIDATE";
  readonly toUserId: number | null;
  readonly sdp: string | null;
  readonly candidate: string | null;
  /** With which of their devices, as `deviceOf` names it. */
  readonly device: string;
}

/**
 * Does in a call what somebody asks for, after whatever they asked for before it: what follows an answer is never
 * refused for having overtaken it.
 *
 * @throws BAD_USER_INPUT, RATE_LIMITED, and what the verbs throw
 */
export async function signal(ctx: Context, input: SignalInput): Promise<Call> {
  const { callId, action, toUserId, device } = input;
  const text = textOf(input);
  return ctx.services.signalling.take(ctx.me.userId, Buffer.byteLength(text ?? ""), async () => {
    switch (action) {
      case "ACCEPT":
        return calls.accept(ctx, callId, device);
      case "DECLINE":
        return calls.decline(ctx, callId);
      case "BUSY":
        return calls.busy(ctx, callId);
      case "CANCEL":
        return calls.cancel(ctx, callId);
      case "HANG_UP":
        return calls.hangUp(ctx, callId);
      case "OFFER":
      case "ANSWER":
      case "CANDIDATE":
        return relay(ctx, { callId, kind: action, toUserId, text: text ?? "", device });
    }
  });
}

/** What is to be passed on; null where nothing is. */
function textOf({ action, sdp, candidate }: SignalInput): string | null {
  if (action === "CANDIDATE") return checkedSignal("candidate", candidate, 0, CANDIDATE_MAXIMUM_BYTES);
  if (action === "OFFER" || action === "ANSWER") return checkedSignal("sdp", sdp, 1, SDP_MAXIMUM_BYTES);
  return null;
}

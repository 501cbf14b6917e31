import { type Static, type TSchema, Type } from "typebox";

import { CallMedia } from "../../calls/call.ts";
import { visible as visibleCall } from "../../calls/calls.ts";
import { deviceOf } from "../../calls/devices.ts";
import { signal, type SignalInput } from "../../calls/signal.service.ts";
import { start } from "../../calls/start.service.ts";
import { idWith, idWithIfAny } from "../../conversations/direct.service.ts";
import { factsOf } from "../../conversations/facts.ts";
import type { Context } from "../../kernel/context.ts";
import { badInput, notFound } from "../../kernel/errors.ts";
import { rowId } from "../../kernel/ids.ts";
import { setTyping } from "../../typing/typing.service.ts";
import { Id } from "../frame/schemas.ts";
import type { Said } from "../frame/socket/socket-dialect.ts";
import { checkedFrame } from "../frame/validation.ts";
import { type OutFrame, pong } from "./frames.ts";
import type { Taken } from "./taken.ts";

/** Does what a frame asks for. @returns what is answered to it; nothing where what comes of it is told as it happens */
type Take = (ctx: Context, said: Said) => Promise<OutFrame | void>;

const taking =
  <S extends TSchema>(schema: S, work: (ctx: Context, said: Static<S>) => Promise<void>): Take =>
  (ctx, said) =>
    work(ctx, checkedFrame(schema, said));

const ToSomebody = Type.Object({ to_user_id: Id("For whom it is.") });
const Typing = Type.Object({ ...ToSomebody.properties, is_typing: Type.Boolean() });
const OfCall = Type.Object({ call_id: Type.String() });

/** Who types to somebody that they never wrote to is heard by nobody: typing makes no conversation. */
const type = taking(Typing, async (ctx, { to_user_id, is_typing }) => {
  const conversationId = await idWithIfAny(ctx, to_user_id);
  if (conversationId !== null) await setTyping(ctx, { conversationId, isTyping: is_typing });
});

const inviting = (media: CallMedia): Take =>
  taking(ToSomebody, async (ctx, { to_user_id }) => {
    await start(ctx, { conversationId: await idWith(ctx, to_user_id), media, device: deviceOf(ctx, null) });
  });

const signalling = (action: SignalInput["action"]): Take =>
  taking(OfCall, async (ctx, { call_id }) => {
    const callId = rowId("call", call_id, "callId");
    const { conversationId } = await visibleCall(ctx, callId);
    // Calls of groups are no business of this dialect.
    if ((await ctx.load(factsOf, conversationId))?.pair == null) throw notFound("callId", "call");
    const device = deviceOf(ctx, null);
    await signal(ctx, { callId, action, toUserId: null, sdp: null, candidate: null, device });
  });

/** What a client may say: 002… has `ping` alone, and no way to call anybody, nor to type (docs/older-apis.md, Sockets). */
const FRAMES: ReadonlyMap<string, Take> = new Map([
  ["ping", async () => pong()],
  ["typing", type],
  ["voice_call_invite", inviting(CallMedia.VOICE)],
  ["video_call_invite", inviting(CallMedia.VIDEO)],
  ["call_accept", signalling("ACCEPT")],
  ["call_reject", signalling("DECLINE")],
  ["call_end", signalling("HANG_UP")],
]);

/** What frames are refused by. */
export const FRAME_MEMBERS: Taken = {
  path: new Set(),
  members: new Set([...Object.keys(Typing.properties), ...Object.keys(OfCall.properties)]),
  query: new Set(),
  names: {},
};

/**
 * Does what a client says by a frame; its members stand in `data`, as in what the server sends, or beside the type.
 *
 * @throws BAD_USER_INPUT for an unknown type and for members that are missing or wrong, and whatever the verbs throw
 */
export async function take(ctx: Context, said: Said): Promise<OutFrame | void> {
  const found = typeof said["type"] === "string" ? FRAMES.get(said["type"]) : undefined;
  if (found === undefined) throw badInput("type", `type must be one of ${[...FRAMES.keys()].join(", ")}.`);
  const { data } = said;
  return found(ctx, typeof data === "object" && data !== null ? { ...said, ...data } : said);
}

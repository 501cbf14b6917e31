import type { Context } from "../kernel/context.ts";
import { badInput, conflict, notFound } from "../kernel/errors.ts";
import { type SignalKind, tellSignal } from "./call-event.ts";
import { CallPartyState } from "./call-party.ts";
import { type Call, CallState } from "./call.ts";
import { CALL_COLUMNS, callOf } from "./calls.ts";
import { elsewhere, ended, outOfTurn } from "./scene.ts";

/** Bytes (UTF-8) of a session description, at the most. */
export const SDP_MAXIMUM_BYTES = 65_536;
/** Bytes (UTF-8) of an ICE candidate, at the most. */
export const CANDIDATE_MAXIMUM_BYTES = 2_048;

/** What one party says to another. */
export interface Signal {
  readonly callId: number;
  readonly kind: SignalKind;
  /** To whom; null for the other one of two. */
  readonly toUserId: number | null;
  /** The session description, or the candidate. */
  readonly text: string;
  /** From which of the sender's devices, as `deviceOf` names it. */
  readonly device: string;
}

/**
 * Passes a session description or an ICE candidate on from one party to another, to that one alone: to the device that
 * is in the call, or to all of theirs while it rings. Nothing of it is stored or read.
 *
 * @throws NOT_FOUND for a call that the viewer does not see, and for somebody who is no party of it
 * @throws CONFLICT where the call has ended (reason ENDED), the viewer is not in it, is so with another device
 *   (ANSWERED_ELSEWHERE), or the other one is not there
 */
export async function relay(ctx: Context, { callId, kind, toUserId, text, device }: Signal): Promise<Call> {
  const { userId } = ctx.me;
  const rows = await ctx.sql<Parties>(
    `select ${CALL_COLUMNS}, mine.state as my_state, mine.device as my_device,
       other.user_id as other_id, other.state as other_state, other.device as other_device
     from calls c
     join members v on v.conversation_id = c.conversation_id and v.user_id = $2 and v.left_at is null
     left join call_parties mine on mine.call_id = c.id and mine.user_id = $2
     left join (call_parties other join members o on o.user_id = other.user_id and o.left_at is null)
       on other.call_id = c.id and o.conversation_id = c.conversation_id
       and other.user_id <> $2 and ($3::bigint is null or other.user_id = $3)
     where c.id = $1 limit 2`,
    [callId, userId, toUserId],
  );
  const [row, another] = rows;
  if (row === undefined) throw notFound("callId", "call");
  const call = callOf(row);
  if (call.state === CallState.ENDED) throw ended();
  if (row.my_state !== CallPartyState.JOINED) throw outOfTurn("You are not in this call.");
  if (row.my_device !== device) throw elsewhere("callId");
  if (another !== undefined) throw badInput("toUserId", "toUserId says for which of the others it is.");
  if (row.other_id === null) throw notFound("toUserId", "party of the call");
  const inIt = row.other_state === CallPartyState.JOINED;
  if (!inIt && row.other_state !== CallPartyState.RINGING) throw conflict("toUserId", "They are not in this call.");
  tellSignal(ctx, Number(row.other_id), {
    callId,
    kind,
    userId,
    only: inIt ? row.other_device : null,
    ...(kind === "CANDIDATE" ? { candidate: text } : { sdp: text }),
  });
  return call;
}

interface Parties extends Record<string, unknown> {
  readonly my_state: string | null;
  readonly my_device: string | null;
  readonly other_id: string | null;
  readonly other_state: string | null;
  readonly other_device: string | null;
}

/** Checks a text that is passed on. @throws BAD_USER_INPUT naming the field and the bound */
export function checkedSignal(field: "sdp" | "candidate", text: string | null, least: number, most: number): string {
  if (text === null) throw badInput(field, `${field} is missing.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw badInput(field, `${field} may have at most ${most} bytes.`, most);
  if (bytes < least) throw badInput(field, `${field} must not be empty.`, least);
  if (!text.isWellFormed()) throw badInput(field, `${field} must not contain lone surrogates.`);
  return text;
}

import { time, timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { notFound } from "../kernel/errors.ts";
import { CallParty, type CallPartyState } from "./call-party.ts";
import { Call, type CallEndReason, type CallMedia, type CallState } from "./call.ts";

/** Running calls that are shown to somebody at once, at the most. */
export const ACTIVE_CALLS_MAXIMUM = 20;

/** The columns that {@link callOf} reads, of `calls c`. */
export const CALL_COLUMNS =
  "c.id, c.conversation_id, c.media, c.state, c.end_reason, c.started_by_id, c.started_at, c.answered_at, c.ended_at";

/** Only members of its conversation see a call. */
const SEEN = "join members v on v.conversation_id = c.conversation_id and v.user_id = $2 and v.left_at is null";

/** The calls of these ids that the viewer may see, in the order of the ids; null for the others. */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(Call | null)[]> {
  const rows = await ctx.sql(`select ${CALL_COLUMNS} from calls c ${SEEN} where c.id = any ($1)`, [ids, ctx.me.userId]);
  const found = new Map(rows.map((row) => [Number(row.id), callOf(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** A call that the viewer may see. @throws NOT_FOUND naming callId */
export async function visible(ctx: Context, callId: number): Promise<Call> {
  const call = await ctx.load(visibleByIds, callId);
  if (call === null) throw notFound("callId", "call");
  return call;
}

/** The call that runs in each of these conversations, as far as the viewer is a member; null where none does. */
export async function runningIn(ctx: Context, conversationIds: readonly number[]): Promise<(Call | null)[]> {
  const rows = await ctx.sql(
    `select ${CALL_COLUMNS} from calls c ${SEEN} where c.conversation_id = any ($1) and c.state <> 'ENDED'`,
    [conversationIds, ctx.me.userId],
  );
  const found = new Map(rows.map((row) => [Number(row.conversation_id), callOf(row)]));
  return conversationIds.map((id) => found.get(id) ?? null);
}

/** The running calls that the viewer is in or that ring for them, the newest first. */
export async function openFor(ctx: Context): Promise<Call[]> {
  const rows = await ctx.sql(
    `select ${CALL_COLUMNS} from call_parties p join calls c on c.id = p.call_id ${SEEN}
     where p.user_id = $2 and p.state in ('RINGING', 'JOINED') and c.state <> 'ENDED'
     order by c.id desc limit $1`,
    [ACTIVE_CALLS_MAXIMUM, ctx.me.userId],
  );
  return rows.map(callOf);
}

/** The parties of each of these calls, by user. Whoever asks has seen the call. */
export async function partiesOf(ctx: Context, callIds: readonly number[]): Promise<CallParty[][]> {
  const rows = await ctx.sql(
    `select call_id, user_id, state, device, joined_at, left_at from call_parties
     where call_id = any ($1) order by call_id, user_id`,
    [callIds],
  );
  const found = Map.groupBy(rows.map(partyOf), ({ callId }) => callId);
  return callIds.map((id) => found.get(id) ?? []);
}

/** The viewer as a party of each of these calls; null where they are none. */
export async function ofViewer(ctx: Context, callIds: readonly number[]): Promise<(CallParty | null)[]> {
  const rows = await ctx.sql(
    `select call_id, user_id, state, device, joined_at, left_at from call_parties
     where call_id = any ($1) and user_id = $2`,
    [callIds, ctx.me.userId],
  );
  const found = new Map(rows.map((row) => [Number(row.call_id), partyOf(row)]));
  return callIds.map((id) => found.get(id) ?? null);
}

export function callOf(row: Row): Call {
  return Object.assign(new Call(), {
    id: Number(row.id),
    conversationId: Number(row.conversation_id),
    media: row.media as CallMedia,
    state: row.state as CallState,
    endReason: row.end_reason as CallEndReason | null,
    startedById: row.started_by_id === null ? null : Number(row.started_by_id),
    startedAt: time(row.started_at),
    answeredAt: timeOrNull(row.answered_at),
    endedAt: timeOrNull(row.ended_at),
  });
}

function partyOf(row: Row): CallParty {
  return Object.assign(new CallParty(), {
    callId: Number(row.call_id),
    userId: Number(row.user_id),
    state: row.state as CallPartyState,
    device: row.device as string | null,
    joinedAt: timeOrNull(row.joined_at),
    leftAt: timeOrNull(row.left_at),
  });
}

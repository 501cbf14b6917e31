import { appendNote, type SystemNote } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { cancelJob, queueJob } from "../kernel/jobs.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { tellParties } from "./call-event.ts";
import { CallPartyState } from "./call-party.ts";
import { CallEndReason, type CallMedia, CallState } from "./call.ts";
import { move, type Scene, those } from "./scene.ts";

const { RINGING, JOINED, DECLINED, MISSED, LEFT } = CallPartyState;

/** The job that ends the ringing of a call. */
export const ringKey = (callId: number): string => `call-rings-${callId}`;

/**
 * What becomes of a call whose parties have just changed. It lives while two are in it, or one is in it and it still
 * rings for somebody; the second who comes in makes it ACTIVE.
 *
 * @param actorId whose doing it was; null where time did it
 * @param lost whether it was a connection that was lost
 */
export async function settle(tx: Context, scene: Scene, actorId: number | null, lost = false): Promise<void> {
  const { call } = scene;
  const [joined, ringing] = [those(scene, JOINED), those(scene, RINGING)];
  if (joined.length === 0 || (joined.length === 1 && ringing.length === 0)) {
    await end(tx, scene, actorId, reasonOf(scene, lost));
    return;
  }
  if (call.state === CallState.RINGING && joined.length > 1) {
    call.state = CallState.ACTIVE;
    const [row] = await tx.sql<{ at: string }>(
      `update calls set state = 'ACTIVE', answered_at = clock_timestamp() where id = $1
       returning extract(epoch from answered_at) * 1000 as at`,
      [call.id],
    );
    call.answeredAt = new Date(Number(row?.at));
  }
  if (ringing.length === 0) await cancelJob(tx, ringKey(call.id));
}

/** Ends a call: whoever is in it is out, it rings no more, and the log tells of it. */
export async function end(tx: Context, scene: Scene, actorId: number | null, reason: CallEndReason): Promise<void> {
  const { call } = scene;
  await move(tx, scene, those(scene, JOINED), LEFT);
  await miss(tx, scene, those(scene, RINGING));
  const [row] = await tx.sql<{ seconds: number; at: string }>(
    `update calls set state = 'ENDED', end_reason = $2, ended_at = clock_timestamp() where id = $1
     returning coalesce(round(extract(epoch from ended_at - answered_at)), 0)::int as seconds,
       extract(epoch from ended_at) * 1000 as at`,
    [call.id, reason],
  );
  call.state = CallState.ENDED;
  call.endReason = reason;
  call.endedAt = new Date(Number(row?.at));
  await cancelJob(tx, ringKey(call.id));
  await note(tx, scene, row?.seconds ?? 0);
  tellParties(tx, scene, "ENDED", actorId);
}

/** It rings no more for these, and they did not answer. */
export async function miss(tx: Context, scene: Scene, userIds: readonly number[]): Promise<void> {
  await move(tx, scene, userIds, MISSED);
  await tellMissed(tx, scene, userIds);
}

/** Has people notified of a call that they could not answer, or did not. */
export async function tellMissed(tx: Context, { call }: Scene, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  const { nodeId: callId, conversationId, media, startedById: actorId } = call;
  const content = `Missed ${KINDS[media]} call`;
  const notice = {
    type: "CALL",
    actorId,
    conversationId,
    content,
    data: { callId, media },
    key: `call:${call.id}`,
  } as const;
  await queueJob(tx, "notify", { to: { userIds }, notice });
}

function reasonOf(scene: Scene, lost: boolean): CallEndReason {
  const { call } = scene;
  if (lost) return CallEndReason.CONNECTION_LOST;
  if (call.answeredAt !== null) return CallEndReason.HUNG_UP;
  if (those(scene, JOINED).length === 0) return CallEndReason.CANCELLED;
  if (those(scene, MISSED).length > 0) return CallEndReason.MISSED;
  return those(scene, DECLINED).length > 0 ? CallEndReason.DECLINED : CallEndReason.BUSY;
}

type Outcome = NonNullable<SystemNote["call"]>["outcome"];

const OUTCOMES: Record<CallEndReason, Outcome> = {
  HUNG_UP: "answered",
  DECLINED: "declined",
  BUSY: "busy",
  CANCELLED: "cancelled",
  MISSED: "missed",
  CONNECTION_LOST: "cancelled",
};
const KINDS: Record<CallMedia, string> = { VOICE: "voice", VIDEO: "video" };
const WORDS: Record<Outcome, (duration: number) => string> = {
  answered: (duration) => `It lasted ${inWords(duration)}.`,
  missed: () => "Nobody answered.",
  declined: () => "It was declined.",
  busy: () => "The line was busy.",
  cancelled: () => "It was cancelled.",
};

async function note(tx: Context, { call }: Scene, duration: number): Promise<void> {
  const outcome = call.answeredAt === null ? OUTCOMES[call.endReason ?? CallEndReason.HUNG_UP] : "answered";
  const starter = call.startedById === null ? null : await tx.load(byIdsOrNull, call.startedById);
  const who = starter?.displayName ?? "Somebody";
  const told = { callId: call.id, media: call.media, outcome, duration };
  await appendNote(
    tx,
    call.conversationId,
    { event: "call", actorId: call.startedById ?? 0, userIds: [], call: told },
    `${who} started a ${KINDS[call.media]} call. ${WORDS[outcome](duration)}`,
  );
}

/** 3725 seconds are "1 h 2 min 5 s". */
function inWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return told.length === 0 ? "0 s" : told.join(" ");
}

import type { Context } from "../kernel/context.ts";
import { deleteInBatches } from "../kernel/delete-in-batches.ts";
import { Failure } from "../kernel/errors.ts";
import type { Jobs } from "../kernel/jobs.ts";
import { tellUsers } from "../realtime/events.ts";
import { CallPartyState } from "./call-party.ts";
import { CallEndReason, CallState } from "./call.ts";
import { tellParties } from "./call-event.ts";
import { leave, silence } from "./call.service.ts";
import { end, miss, settle } from "./ending.ts";
import { changing, type Scene, those } from "./scene.ts";

/** Days after which a call that has ended is forgotten. */
export const CALLS_KEPT_DAYS = 30;
/** Hours after which a call that still runs is ended. */
export const CALL_HOURS_MAXIMUM = 24;
/** Calls that one run of the sweep ends, at the most. */
const SWEEP = 1_000;

const { RINGING, JOINED, DECLINED } = CallPartyState;

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Somebody has lost the right to be in a call: they left, were put out, or blocked the other. */
    callPartyOut: { readonly callId: number; readonly userId: number };
    /** A call went with its conversation. */
    callGone: { readonly callId: number; readonly userIds: readonly number[] };
    /** Ends calls that run for a day, and forgets those that ended long ago. */
    callsSweep: object;
  }
}

/** A call has rung long enough: whoever did not answer has missed it. */
export async function callRingsOut(ctx: Context, { callId }: Jobs["callRingsOut"]): Promise<void> {
  await ifRunning(ctx, callId, async (tx, scene) => {
    const late = those(scene, RINGING);
    if (late.length === 0) return;
    await miss(tx, scene, late);
    await settle(tx, scene, null);
    // The end says as much where it ends.
    if (scene.call.endReason === null) tellParties(tx, scene, "MISSED", null);
  });
}

/** A device did not come back in time. One that did, or that was lost once more since then, has another time. */
export async function callPartyLost(ctx: Context, { callId, userId, lostAt }: Jobs["callPartyLost"]): Promise<void> {
  await ifRunning(ctx, callId, async (tx, scene) => {
    const party = scene.parties.get(userId);
    if (party?.state === JOINED && party.lostAt === lostAt) await leave(tx, scene, userId, true);
  });
}

export async function callPartyOut(ctx: Context, { callId, userId }: Jobs["callPartyOut"]): Promise<void> {
  await ifRunning(ctx, callId, async (tx, scene) => {
    const state = scene.parties.get(userId)?.state;
    // As if done by hand: that it was a block is told to nobody.
    if (state === JOINED) await leave(tx, scene, userId);
    if (state === RINGING) await silence(tx, scene, userId, DECLINED);
  });
}

export async function callGone(ctx: Context, { callId, userIds }: Jobs["callGone"]): Promise<void> {
  tellUsers(ctx, userIds, { type: "call", callId, kind: "ENDED", userId: null, endReason: CallEndReason.HUNG_UP });
}

export async function callsSweep(ctx: Context): Promise<void> {
  const overdue = await ctx.sql<{ id: string }>(
    `select id from calls where state <> 'ENDED' and started_at < now() - make_interval(hours => $1) limit ${SWEEP}`,
    [CALL_HOURS_MAXIMUM],
  );
  for (const { id } of overdue) {
    await ifRunning(ctx, Number(id), (tx, scene) => end(tx, scene, null, CallEndReason.HUNG_UP));
  }
  const old = "select id from calls where ended_at < now() - make_interval(days => $1)";
  await deleteInBatches(ctx, "calls", old, [CALLS_KEPT_DAYS]);
}

/** Does something about a call, if it is there and has not ended: a job may come late, and twice. */
async function ifRunning(
  ctx: Context,
  callId: number,
  work: (tx: Context, scene: Scene) => Promise<void>,
): Promise<void> {
  try {
    await changing(ctx, callId, async (tx, scene) => {
      if (scene.call.state !== CallState.ENDED) await work(tx, scene);
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "NOT_FOUND") throw error;
  }
}

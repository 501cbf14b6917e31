import type { Context } from "../kernel/context.ts";
import { Failure, forbidden, notFound } from "../kernel/errors.ts";
import { tellParties } from "./call-event.ts";
import { CALL_PARTIES_MAXIMUM, CallPartyState } from "./call-party.ts";
import { type Call, CallState } from "./call.ts";
import { visible } from "./calls.ts";
import { settle } from "./ending.ts";
import { changing, elsewhere, ended, join, move, outOfTurn, type Scene, type Standing } from "./scene.ts";

const { RINGING, JOINED, DECLINED, BUSY, LEFT } = CallPartyState;

/**
 * Answers a call, or comes into one that runs. It rings no more at the viewer's other devices.
 *
 * @param device as `deviceOf` names it
 * @throws NOT_FOUND
 * @throws CONFLICT where the call has ended (reason ENDED), another device of the viewer's is in it (ANSWERED_ELSEWHERE),
 *   or the viewer is in another call (BUSY)
 * @throws FORBIDDEN for who is muted there
 */
export async function accept(ctx: Context, callId: number, device: string): Promise<Call> {
  return asParty(ctx, callId, (tx, scene, mine) => enter(tx, scene, mine, device));
}

/**
 * Has the viewer come in; who is in it with this device already stays so. Where another device of theirs was in it and
 * has had no connection for some seconds, this one takes its place.
 *
 * @param field which argument named the call
 */
export async function enter(
  tx: Context,
  scene: Scene,
  mine: Standing | undefined,
  device: string,
  field = "callId",
): Promise<void> {
  const { userId } = tx.me;
  const { call, parties } = scene;
  if (call.state === CallState.ENDED) throw ended();
  if (mine?.state === JOINED) {
    if (mine.device === device) return;
    if (!mine.replaceable) throw elsewhere(field);
  }
  await demandUnmuted(tx, call.conversationId, field);
  if (mine === undefined && parties.size >= CALL_PARTIES_MAXIMUM) throw full(field);
  await join(tx, scene, userId, device);
  await settle(tx, scene, userId);
  tellParties(tx, scene, "ACCEPTED", userId, device);
}

/** Does not want to answer. @throws NOT_FOUND, CONFLICT where it does not ring for the viewer */
export const decline = (ctx: Context, callId: number): Promise<Call> => refuse(ctx, callId, DECLINED);

/** Cannot answer, being in another call. @throws as {@link decline} */
export const busy = (ctx: Context, callId: number): Promise<Call> => refuse(ctx, callId, BUSY);

/**
 * Gives up a call that nobody has answered.
 *
 * @throws NOT_FOUND, FORBIDDEN for who did not start it, CONFLICT where somebody has answered
 */
export async function cancel(ctx: Context, callId: number): Promise<Call> {
  return asParty(ctx, callId, async (tx, scene) => {
    const { call } = scene;
    if (call.startedById !== tx.me.userId) throw forbidden("Only who started a call may cancel it.", "callId");
    if (call.state === CallState.ACTIVE) throw outOfTurn("Somebody has answered: hang up.");
    if (call.state === CallState.ENDED) return;
    await leave(tx, scene, tx.me.userId);
  });
}

/**
 * Leaves a call, with whatever device. Between two people it ends; in a group it goes on while two are in it, or one is
 * and it rings for somebody.
 *
 * @throws NOT_FOUND, CONFLICT where the viewer is not in it
 */
export async function hangUp(ctx: Context, callId: number): Promise<Call> {
  return asParty(ctx, callId, async (tx, scene, mine) => {
    if (mine?.state === LEFT || scene.call.state === CallState.ENDED) return;
    if (mine?.state !== JOINED) throw outOfTurn("You are not in this call.");
    await leave(tx, scene, tx.me.userId);
  });
}

/** Takes somebody out of the call that they are in. @param lost whether their connection was lost */
export async function leave(tx: Context, scene: Scene, userId: number, lost = false): Promise<void> {
  await move(tx, scene, [userId], LEFT);
  await settle(tx, scene, userId, lost);
  if (scene.call.state !== CallState.ENDED) tellParties(tx, scene, "LEFT", userId);
}

/** Has it ring no more for somebody. */
export async function silence(
  tx: Context,
  scene: Scene,
  userId: number,
  state: CallPartyState.DECLINED | CallPartyState.BUSY,
): Promise<void> {
  await move(tx, scene, [userId], state);
  tellParties(tx, scene, state, userId);
  await settle(tx, scene, userId);
}

function refuse(ctx: Context, callId: number, state: CallPartyState.DECLINED | CallPartyState.BUSY): Promise<Call> {
  return asParty(ctx, callId, async (tx, scene, mine) => {
    // It rings no more, which is what was wished for.
    if (scene.call.state === CallState.ENDED || mine?.state === state) return;
    if (mine?.state !== RINGING) throw outOfTurn("The call does not ring for you.");
    await silence(tx, scene, tx.me.userId, state);
  });
}

/** Changes a call that the viewer may see. */
async function asParty(
  ctx: Context,
  callId: number,
  act: (tx: Context, scene: Scene, mine: Standing | undefined) => Promise<void>,
): Promise<Call> {
  await visible(ctx, callId);
  return changing(ctx, callId, async (tx, scene) => {
    // Whoever lost the right to see it while the lock was waited for does not do anything in it either.
    await visible(tx, callId);
    await act(tx, scene, scene.parties.get(tx.me.userId));
    return scene.call;
  });
}

async function demandUnmuted(tx: Context, conversationId: number, field: string): Promise<void> {
  const [member] = await tx.sql<{ is_muted: boolean }>(
    "select is_muted from members where conversation_id = $1 and user_id = $2 and left_at is null",
    [conversationId, tx.me.userId],
  );
  if (member === undefined) throw notFound(field, field === "callId" ? "call" : "conversation");
  if (member.is_muted) throw forbidden("You are muted in this conversation.", field);
}

const full = (field: string): Failure =>
  new Failure("CONFLICT", `A call takes at most ${CALL_PARTIES_MAXIMUM} people.`, {
    field,
    limit: CALL_PARTIES_MAXIMUM,
  });

import { type Conversation, ConversationKind } from "../conversations/conversation.ts";
import { lockConversation } from "../conversations/log.ts";
import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { conflict, Failure, forbidden } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { demandWriter } from "../rooms/writing.ts";
import { tellParties } from "./call-event.ts";
import { CALL_PARTIES_MAXIMUM, CallPartyState } from "./call-party.ts";
import { enter } from "./call.service.ts";
import type { Call, CallMedia } from "./call.ts";
import { CALL_COLUMNS, callOf } from "./calls.ts";
import { ringKey, settle, tellMissed } from "./ending.ts";
import { inAnotherCall, inOneCallOnly, join, move, type Scene, sceneOf } from "./scene.ts";

/** How long a call rings. */
export const RING_SECONDS = 45;
/** Calls that somebody may start in a minute. */
export const CALLS_A_MINUTE = 10;

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** A call has rung long enough. */
    callRingsOut: { readonly callId: number };
  }
}

/** What somebody says who calls. */
export interface StartInput {
  readonly conversationId: number;
  readonly media: CallMedia;
  /** With which of their devices, as `deviceOf` names it. */
  readonly device: string;
}

/**
 * Calls everybody in a direct conversation or group. Where a call runs there already, the viewer comes into that one: of
 * two who call each other at once, one call is made.
 *
 * @throws NOT_FOUND; FORBIDDEN in rooms and where the viewer may not write
 * @throws CONFLICT where the viewer is in another call (reason BUSY) or in this one with another device
 *   (ANSWERED_ELSEWHERE), the group is larger than {@link CALL_PARTIES_MAXIMUM}, or nobody is there to be called
 * @throws RATE_LIMITED after {@link CALLS_A_MINUTE} calls in a minute
 */
export async function start(ctx: Context, { conversationId, media, device }: StartInput): Promise<Call> {
  const { kind } = await visibleConversation(ctx, conversationId, "conversationId");
  if (kind === ConversationKind.ROOM) throw forbidden("Rooms have no calls.", "conversationId");
  const work = (tx: Context): Promise<Call> => startOrEnter(tx, conversationId, media, device);
  return inOneCallOnly(() => ctx.transaction(work), "conversationId");
}

async function startOrEnter(tx: Context, conversationId: number, media: CallMedia, device: string): Promise<Call> {
  await lockConversation(tx, conversationId);
  const running = await runningScene(tx, conversationId);
  if (running !== null) {
    await enter(tx, running, running.parties.get(tx.me.userId), device, "conversationId");
    return running.call;
  }
  await demandCaller(tx, await visibleConversation(tx, conversationId, "conversationId"));
  const callees = await calleesIn(tx, conversationId);
  if (callees.length === 0) throw conflict("conversationId", "There is nobody to call here.");

  const scene = await begin(tx, conversationId, media, device);
  const busy = callees.filter((callee) => callee.busy).map(({ userId }) => userId);
  const called = callees.filter((callee) => !callee.busy).map(({ userId }) => userId);
  await move(tx, scene, called, CallPartyState.RINGING);
  await move(tx, scene, busy, CallPartyState.BUSY);
  await tellMissed(tx, scene, busy);
  if (called.length > 0) {
    tellParties(tx, scene, "RINGING", tx.me.userId);
    // Whoever listens nowhere hears it by push.
    await queueJob(tx, "callRings", { callId: scene.call.id });
  }
  await settle(tx, scene, null);
  return scene.call;
}

async function runningScene(tx: Context, conversationId: number): Promise<Scene | null> {
  const [row] = await tx.sql<{ id: string }>("select id from calls where conversation_id = $1 and state <> 'ENDED'", [
    conversationId,
  ]);
  return row === undefined ? null : sceneOf(tx, Number(row.id));
}

/** @throws FORBIDDEN, CONFLICT, RATE_LIMITED where the viewer may not call here and now */
async function demandCaller(tx: Context, { id, kind, memberCount }: Conversation): Promise<void> {
  const { userId } = tx.me;
  // A block takes these locks to itself: it comes before the call, which is refused, or after it, and ends it.
  if (kind === ConversationKind.DIRECT) {
    await tx.sql(
      `select 1 from users where id in (select user_id from members where conversation_id = $1) order by id for share`,
      [id],
    );
  }
  await demandWriter(tx, id, "conversationId");
  if (memberCount > CALL_PARTIES_MAXIMUM) {
    const message = `A call takes at most ${CALL_PARTIES_MAXIMUM} people.`;
    throw new Failure("CONFLICT", message, { field: "conversationId", limit: CALL_PARTIES_MAXIMUM });
  }
  const [sofar] = await tx.sql<{ started: string; busy: boolean }>(
    `select (select count(*) from calls where started_by_id = $1 and started_at > now() - interval '1 minute') as started,
       exists (select 1 from call_parties where user_id = $1 and state = 'JOINED') as busy`,
    [userId],
  );
  if (sofar?.busy === true) throw inAnotherCall("conversationId");
  if (Number(sofar?.started) >= CALLS_A_MINUTE) {
    const message = `You may start at most ${CALLS_A_MINUTE} calls a minute.`;
    throw new Failure("RATE_LIMITED", message, { limit: CALLS_A_MINUTE });
  }
}

interface Callee {
  readonly userId: number;
  /** Whether they are in another call. */
  readonly busy: boolean;
}

/** Whom a call of the viewer's rings: members who are not muted, whose account is
 * in use, and who have neither blocked the viewer nor are blocked. */
async function calleesIn(tx: Context, conversationId: number): Promise<Callee[]> {
  const rows = await tx.sql<{ user_id: string; busy: boolean }>(
    `select m.user_id, exists (select 1 from call_parties p where p.user_id = m.user_id and p.state = 'JOINED') as busy
     from members m join users u on u.id = m.user_id and u.deactivated_at is null
     where m.conversation_id = $1 and m.user_id <> $2 and m.left_at is null and not m.is_muted
       and not exists (select 1 from blocks where user_id = m.user_id and blocked_id = $2)
       and not exists (select 1 from blocks where user_id = $2 and blocked_id = m.user_id)
     order by m.user_id`,
    [conversationId, tx.me.userId],
  );
  return rows.map((row) => ({ userId: Number(row.user_id), busy: row.busy }));
}

/** Makes the call, with the viewer in it. */
async function begin(tx: Context, conversationId: number, media: CallMedia, device: string): Promise<Scene> {
  const [row] = await tx.sql(
    `insert into calls as c (conversation_id, media, started_by_id) values ($1, $2, $3) returning ${CALL_COLUMNS}`,
    [conversationId, media, tx.me.userId],
  );
  const scene = { call: callOf(row as Row), parties: new Map() };
  await join(tx, scene, tx.me.userId, device);
  const at = new Date(Date.now() + RING_SECONDS * 1_000);
  await queueJob(tx, "callRingsOut", { callId: scene.call.id }, { at, key: ringKey(scene.call.id) });
  return scene;
}

import { lockConversation } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { conflict, Failure, notFound } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { CallPartyState } from "./call-party.ts";
import type { Call } from "./call.ts";
import { CALL_COLUMNS, callOf } from "./calls.ts";
import { RECONNECT_WITHIN_SECONDS, TAKEN_OVER_AFTER_SECONDS } from "./devices.ts";

/** A party as a change finds it. */
export interface Standing {
  readonly state: CallPartyState;
  readonly device: string | null;
  /** When the device was lost, in milliseconds; null where it was not. */
  readonly lostAt: number | null;
  /** Whether that is so long ago that another device of theirs may take its place. */
  readonly replaceable: boolean;
  /** Whether they are a member of the conversation still. */
  readonly present: boolean;
}

/** A call and its parties under the conversation's lock: what is found here holds until the commit. */
export interface Scene {
  readonly call: Call;
  /** By user; {@link move} keeps it up to date. */
  readonly parties: Map<number, Standing>;
}

/**
 * Changes a call. Whatever becomes of calls happens under their conversation's lock, one thing after the other, so that
 * of an answer, a cancellation and the end of the ringing that come at once, on whichever nodes, one comes first.
 *
 * @throws NOT_FOUND naming callId where there is no such call
 */
export async function changing<T>(
  ctx: Context,
  callId: number,
  work: (tx: Context, scene: Scene) => Promise<T>,
): Promise<T> {
  const [row] = await ctx.sql<{ conversation_id: string }>("select conversation_id from calls where id = $1", [callId]);
  if (row === undefined) throw notFound("callId", "call");
  const conversationId = Number(row.conversation_id);
  return inOneCallOnly(() =>
    ctx.transaction(async (tx) => {
      await lockConversation(tx, conversationId);
      const scene = await sceneOf(tx, callId);
      if (scene === null) throw notFound("callId", "call");
      return work(tx, scene);
    }),
  );
}

/** The call and its parties as they are. The caller holds the lock. */
export async function sceneOf(tx: Context, callId: number): Promise<Scene | null> {
  const [call] = await tx.sql(`select ${CALL_COLUMNS} from calls c where c.id = $1`, [callId]);
  if (call === undefined) return null;
  const rows = await tx.sql<{
    user_id: string;
    state: CallPartyState;
    device: string | null;
    lost: string | null;
    replaceable: boolean;
    present: boolean;
  }>(
    `select p.user_id, p.state, p.device, (extract(epoch from p.lost_at) * 1000)::bigint as lost,
       p.lost_at is not null and p.lost_at <= clock_timestamp() - make_interval(secs => $2) as replaceable,
       m.id is not null as present
     from call_parties p join calls c on c.id = p.call_id
     left join members m on m.conversation_id = c.conversation_id and m.user_id = p.user_id and m.left_at is null
     where p.call_id = $1 order by p.user_id`,
    [callId, TAKEN_OVER_AFTER_SECONDS],
  );
  const parties = rows.map(({ user_id: userId, lost, ...standing }): [number, Standing] => [
    Number(userId),
    { ...standing, lostAt: lost === null ? null : Number(lost) },
  ]);
  return { call: callOf(call), parties: new Map(parties) };
}

/** Those who stand so. */
export const those = ({ parties }: Scene, ...states: readonly CallPartyState[]): number[] =>
  [...parties].filter(([, { state }]) => states.includes(state)).map(([userId]) => userId);

/** Has parties stand otherwise. Whoever joins does so by {@link join}. */
export async function move(
  tx: Context,
  scene: Scene,
  userIds: readonly number[],
  state: Exclude<CallPartyState, CallPartyState.JOINED>,
): Promise<void> {
  if (userIds.length === 0) return;
  await tx.sql(
    `insert into call_parties (call_id, user_id, state) select $1, u, $3 from unnest($2::bigint[]) u
     on conflict (call_id, user_id) do update set state = excluded.state, node_id = null, lost_at = null,
       left_at = case when call_parties.state = 'JOINED' then clock_timestamp() else call_parties.left_at end`,
    [scene.call.id, userIds, state],
  );
  for (const userId of userIds) {
    const present = scene.parties.get(userId)?.present ?? true;
    scene.parties.set(userId, { state, device: null, lostAt: null, replaceable: false, present });
  }
}

/** Has a party come in with a device of theirs. A device that listens nowhere yet has some seconds to begin. */
export async function join(tx: Context, scene: Scene, userId: number, device: string): Promise<void> {
  const { devices, lease } = tx.services;
  const nodeId = devices.listens(device) ? lease.id : null;
  const [row] = await tx.sql<{ lost: string | null }>(
    `insert into call_parties (call_id, user_id, state, device, node_id, lost_at, joined_at)
     values ($1, $2, 'JOINED', $3, $4::uuid, case when $4::uuid is null then clock_timestamp() end, clock_timestamp())
     on conflict (call_id, user_id) do update set state = excluded.state, device = excluded.device,
       node_id = excluded.node_id, lost_at = excluded.lost_at, joined_at = excluded.joined_at, left_at = null
     returning (extract(epoch from lost_at) * 1000)::bigint as lost`,
    [scene.call.id, userId, device, nodeId],
  );
  const lostAt = row?.lost == null ? null : Number(row.lost);
  if (lostAt !== null) {
    const at = new Date(Date.now() + RECONNECT_WITHIN_SECONDS * 1_000);
    await queueJob(tx, "callPartyLost", { callId: scene.call.id, userId, lostAt }, { at });
  }
  scene.parties.set(userId, { state: CallPartyState.JOINED, device, lostAt, replaceable: false, present: true });
}

const UNIQUE_VIOLATION = "23505";

/** What somebody hears who is in another call. */
export const inAnotherCall = (field: string): Failure =>
  new Failure("CONFLICT", "You are in another call: hang up first.", { field, reason: "BUSY" });

/** Nobody is in two calls: the database decides where somebody answers two at once, and its refusal becomes ours. */
export async function inOneCallOnly<T>(work: () => Promise<T>, field = "callId"): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== UNIQUE_VIOLATION) throw error;
    if (error.constraint === "call_parties_joined_key") throw inAnotherCall(field);
    throw error;
  }
}

/** What somebody hears who comes too late. */
export const ended = (): Failure =>
  new Failure("CONFLICT", "The call has ended.", { field: "callId", reason: "ENDED" });

/** What somebody hears who does at one device what another of theirs has begun. */
export const elsewhere = (field: string): Failure =>
  new Failure("CONFLICT", "Another device of yours is in this call.", { field, reason: "ANSWERED_ELSEWHERE" });

/** What somebody hears of what cannot be done as the call stands. */
export const outOfTurn = (message: string): Failure => conflict("callId", message);

import type { Context } from "../kernel/context.ts";

/** Somebody in a room. */
export interface Attendee {
  readonly conversationId: number;
  readonly userId: number;
}

/**
 * Users in rooms are divided into so many shares, each with a lock of its own. Of two nodes that write of the same user
 * and room the second waits, and then sees what the first did. A node that died is buried with no more locks than these,
 * however many people were there by it: PostgreSQL has room for some thousands.
 */
const SHARES = 256;
/** Tells these locks from other advisory locks. */
const LOCKS = 1_918_725_220;

const PAIRS = "unnest($1::bigint[], $2::bigint[]) p (conversation_id, user_id)";
const SHARE = `((p.conversation_id * 31 + p.user_id) % ${SHARES})::int`;

/** @param pairs SQL: what to select `p` from */
const LOCK = (pairs: string): string =>
  `with shares as materialized (select distinct ${SHARE} as share from ${pairs} order by share)
   select pg_advisory_xact_lock(${LOCKS}, share) from shares`;

/** Those of `pairs` who are there by no other node. @param nodes SQL: which rows `o` are other nodes' */
const ALONE = (pairs: string, nodes: string): string =>
  `select distinct p.conversation_id, p.user_id from ${pairs} p where not exists (
     select 1 from room_attendance o
     where o.conversation_id = p.conversation_id and o.user_id = p.user_id and ${nodes})`;

/** Takes the locks of these users in these rooms, in one order everywhere, so that nobody waits in a circle. */
export async function lockShares(tx: Context, attendees: readonly Attendee[]): Promise<void> {
  await tx.sql(LOCK(PAIRS), columnsOf(attendees));
}

/**
 * Sees to it that the node stays in the list until the commit. To be asked before {@link lockShares}: whoever buries a
 * node has its row first and takes the shares afterwards.
 *
 * @returns false where the others took it for dead: it is told so, and comes again
 */
export async function holdNode(tx: Context, nodeId: string): Promise<boolean> {
  const rows = await tx.sql("select 1 from nodes where id = $1 for key share", [nodeId]);
  return rows.length > 0;
}

/** Users came into rooms by a node; their shares are locked. @returns those who were not there by another one */
export async function come(tx: Context, nodeId: string, attendees: readonly Attendee[]): Promise<Attendee[]> {
  const rows = await tx.sql<AttendeeRow>(
    `with came as (
       insert into room_attendance (conversation_id, user_id, node_id) select p.conversation_id, p.user_id, $3 from ${PAIRS}
       on conflict do nothing returning conversation_id, user_id)
     ${ALONE("came", "o.node_id <> $3")}`,
    [...columnsOf(attendees), nodeId],
  );
  return rows.map(attendeeOf);
}

/** Users are in rooms by a node no more; their shares are locked. @returns those who are not there by another one */
export async function go(tx: Context, nodeId: string, attendees: readonly Attendee[]): Promise<Attendee[]> {
  const rows = await tx.sql<AttendeeRow>(
    `with gone as (
       delete from room_attendance r using ${PAIRS}
       where r.conversation_id = p.conversation_id and r.user_id = p.user_id and r.node_id = $3
       returning r.conversation_id, r.user_id)
     ${ALONE("gone", "o.node_id <> $3")}`,
    [...columnsOf(attendees), nodeId],
  );
  return rows.map(attendeeOf);
}

/** Nodes died: whoever was in rooms by them is there by them no more. @returns those who are not there by another one */
export async function goWith(tx: Context, nodeIds: readonly string[]): Promise<Attendee[]> {
  await tx.sql(LOCK("room_attendance p where p.node_id = any ($1::uuid[])"), [nodeIds]);
  const rows = await tx.sql<AttendeeRow>(
    `with gone as (delete from room_attendance where node_id = any ($1::uuid[]) returning conversation_id, user_id)
     ${ALONE("gone", "o.node_id <> all ($1::uuid[])")}`,
    [nodeIds],
  );
  return rows.map(attendeeOf);
}

interface AttendeeRow extends Record<string, unknown> {
  readonly conversation_id: string;
  readonly user_id: string;
}

const attendeeOf = (row: AttendeeRow): Attendee => ({
  conversationId: Number(row.conversation_id),
  userId: Number(row.user_id),
});

const columnsOf = (attendees: readonly Attendee[]): [number[], number[]] => [
  attendees.map(({ conversationId }) => conversationId),
  attendees.map(({ userId }) => userId),
];

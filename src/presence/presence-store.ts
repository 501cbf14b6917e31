import type { Context } from "../kernel/context.ts";

/** How long somebody stays online who is active over HTTP alone, after their last request. */
export const HTTP_ONLINE_MINUTES = 30;
/** How long whoever was connected to a node that stops has to come back, be it to another one, before others see them go. */
export const COME_BACK_WITHIN_SECONDS = 10;

/** Somebody and what they were here by: a node's id or a login's. */
export interface Source {
  readonly userId: number;
  readonly source: string;
}

/** A login that somebody was active with just now. */
export interface Activity {
  readonly userId: number;
  readonly sessionId: string;
  /** Whether it makes them be here: over HTTP it does, over a connection they are here anyway. */
  readonly holds: boolean;
}

/**
 * When these users were last active is now, but for those who choose to be shown as OFFLINE: it stands still, as it would
 * if they were. In the order of ids, so that two nodes never wait for each other in a circle.
 */
const noteActive = (users: string): string => `
  insert into user_statuses (user_id, active_at)
  select u.id, clock_timestamp() from users u where u.id in (${users}) order by u.id
  on conflict (user_id) do update set active_at = excluded.active_at where user_statuses.chosen <> 'OFFLINE'`;

/** Users came to a node. Nothing is written where the others took the node for dead: it is told so, and comes again. */
export async function enter(ctx: Context, nodeId: string, userIds: readonly number[]): Promise<void> {
  await ctx.sql(
    `with held as materialized (select id from nodes where id = $2 for key share)
     insert into presence_sources (user_id, source, node_id)
     select u.id, held.id, held.id from held, unnest($1::bigint[]) u (id) order by u.id
     on conflict (user_id, source) do update set node_id = excluded.node_id, until = null
       where presence_sources.node_id is null`,
    [userIds, nodeId],
  );
}

/** What users were here by is no more. */
export async function leave(ctx: Context, sources: readonly Source[]): Promise<void> {
  await ctx.sql(
    `with gone as (
       delete from presence_sources p using unnest($1::bigint[], $2::uuid[]) g (user_id, source)
       where p.user_id = g.user_id and p.source = g.source returning p.user_id)
     ${noteActive("select user_id from gone")}`,
    [sources.map(({ userId }) => userId), sources.map(({ source }) => source)],
  );
}

/**
 * Users were active. Over HTTP that holds those whom no connection to any node holds, and who so go with the connection.
 *
 * @returns those who were not here by this login before
 */
export async function touch(ctx: Context, activities: readonly Activity[]): Promise<number[]> {
  const rows = await ctx.sql<{ user_id: string }>(
    `with active as materialized (
       select * from unnest($1::bigint[], $2::uuid[], $3::boolean[]) a (user_id, session_id, holds)),
     noted as (${noteActive("select user_id from active")}),
     kept as (
       insert into presence_sources (user_id, source, until)
       select user_id, session_id, clock_timestamp() + make_interval(mins => $4::int) from active
       where holds and not exists (
         select 1 from presence_sources p where p.user_id = active.user_id and p.node_id is not null)
       order by user_id, session_id
       on conflict (user_id, source) do update set until = excluded.until
       returning user_id, xmax = 0 as came)
     select user_id from kept where came`,
    [
      activities.map(({ userId }) => userId),
      activities.map(({ sessionId }) => sessionId),
      activities.map(({ holds }) => String(holds)),
      HTTP_ONLINE_MINUTES,
    ],
  );
  return rows.map((row) => Number(row.user_id));
}

/** Takes out what has run out. @returns whose it was */
export async function sweep(ctx: Context): Promise<number[]> {
  const rows = await ctx.sql<{ user_id: string }>(
    "delete from presence_sources where until <= clock_timestamp() returning user_id",
  );
  return rows.map((row) => Number(row.user_id));
}

/** Nodes died: who was connected to them is gone with them. @returns who it was */
export async function bury(tx: Context, nodeIds: readonly string[]): Promise<number[]> {
  await tx.sql("delete from node_connections where node_id = any ($1)", [nodeIds]);
  const rows = await tx.sql<{ user_id: string }>(
    `with gone as (delete from presence_sources where node_id = any ($1) returning user_id),
     noted as (${noteActive("select user_id from gone")})
     select distinct user_id from gone`,
    [nodeIds],
  );
  return rows.map((row) => Number(row.user_id));
}

/** A node stops: who is connected to it has a moment to come back. */
export async function signOff(tx: Context, nodeId: string): Promise<void> {
  await tx.sql("delete from node_connections where node_id = $1", [nodeId]);
  await tx.sql(
    `update presence_sources set node_id = null, until = clock_timestamp() + make_interval(secs => $2)
     where node_id = $1`,
    [nodeId, COME_BACK_WITHIN_SECONDS],
  );
}

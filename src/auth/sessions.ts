import { v7 as uuidv7, version } from "uuid";

import { time, timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { unauthenticated } from "../kernel/errors.ts";
import { Session } from "./session.ts";
import { REFRESH_LIFETIME_SECONDS } from "./tokens.ts";

/** Live sessions of one user; a login beyond them ends the ones that were not used for longest. */
export const SESSIONS_MAXIMUM = 100;

const USER_AGENT_MAXIMUM = 256;
const COLUMNS =
  "id, user_id, generation, user_agent, ip, created_at, last_used_at, expires_at, revoked_at, revoked_xid";

/** RFC 9562, 5.8: an id that is made from a token. */
const FOREIGN_VERSION = 8;

/** Whether a session began with a token of another issuer, by its id. */
export const isForeign = (id: string): boolean => version(id) === FOREIGN_VERSION;

/** Begins a session of a user who has shown who they are. @throws UNAUTHENTICATED where the account is deactivated */
export async function begin(tx: Context, userId: number): Promise<Session> {
  const expiresAt = new Date(Date.now() + REFRESH_LIFETIME_SECONDS * 1_000);
  const session = await beginAs(tx, userId, uuidv7(), expiresAt);
  if (session === null) throw unauthenticated("This account was deactivated by an administrator.", "DEACTIVATED");
  return session;
}

/**
 * Begins a session under an id of one's own.
 *
 * @returns null where there is, or was, one of that id, and where the account is deactivated
 */
export async function beginAs(tx: Context, userId: number, id: string, expiresAt: Date): Promise<Session | null> {
  // One login of a user after the other: two at once would each find room for one more. Whoever deactivates the account waits
  // for this session and ends it, or was first.
  await tx.sql("select 1 from users where id = $1 for no key update", [userId]);
  await tx.sql("delete from sessions where user_id = $1 and expires_at < now()", [userId]);
  const rows = await tx.sql(
    `insert into sessions (id, user_id, user_agent, ip, expires_at)
       select $1::uuid, id, $3, $4, $5::timestamptz from users where id = $2 and deactivated_at is null
     on conflict (id) do nothing returning ${COLUMNS}`,
    [id, userId, storable(tx.origin.userAgent), tx.origin.ip, expiresAt],
  );
  await revokeWhere(
    tx,
    `id in (select id from sessions where user_id = $1 and revoked_at is null
       order by (id = $2) desc, last_used_at desc, id desc offset ${SESSIONS_MAXIMUM})`,
    [userId, id],
  );
  return rows[0] === undefined ? null : sessionOf(rows[0]);
}

/**
 * Moves a session on to its next generation.
 *
 * @returns null where it has ended, or was refreshed from that generation before
 */
export async function advance(tx: Context, id: string, generation: number): Promise<Session | null> {
  const rows = await tx.sql(
    `update sessions set generation = generation + 1, last_used_at = now(), expires_at = $3
     where id = $1 and generation = $2 and revoked_at is null and expires_at > now() returning ${COLUMNS}`,
    [id, generation, new Date(Date.now() + REFRESH_LIFETIME_SECONDS * 1_000)],
  );
  return rows[0] === undefined ? null : sessionOf(rows[0]);
}

/**
 * Lets a session live on, as from a refresh, and its refresh token be good for what it was.
 *
 * @returns null where it has ended, or is another user's
 */
export async function prolong(ctx: Context, userId: number, id: string): Promise<Session | null> {
  const rows = await ctx.sql(
    `update sessions set last_used_at = now(), expires_at = $3
     where id = $1 and user_id = $2 and revoked_at is null and expires_at > now() returning ${COLUMNS}`,
    [id, userId, new Date(Date.now() + REFRESH_LIFETIME_SECONDS * 1_000)],
  );
  return rows[0] === undefined ? null : sessionOf(rows[0]);
}

/** When the user's latest session began, be it over by now; null where none is known. */
export async function lastBegan(ctx: Context, userId: number): Promise<Date | null> {
  const [row] = await ctx.sql<{ began: string | null }>(
    "select max(created_at) as began from sessions where user_id = $1",
    [userId],
  );
  return timeOrNull(row?.began ?? null);
}

/** Where the user is logged in, the latest login first. */
export async function liveSessions(ctx: Context, userId: number): Promise<Session[]> {
  const rows = await ctx.sql(
    `select ${COLUMNS} from sessions where user_id = $1 and revoked_at is null and expires_at > now()
     order by created_at desc, id desc limit ${SESSIONS_MAXIMUM}`,
    [userId],
  );
  return rows.map(sessionOf);
}

/** Ends one session; its tokens end on every node at once. @returns null where there is no such live session */
export async function revoke(tx: Context, id: string): Promise<Session | null> {
  const [session] = await revokeWhere(tx, "id = $1", [id]);
  return session ?? null;
}

/** As {@link revoke}, if it is the user's. */
export async function revokeOf(tx: Context, userId: number, id: string): Promise<Session | null> {
  const [session] = await revokeWhere(tx, "id = $1 and user_id = $2", [id, userId]);
  return session ?? null;
}

/** Ends all sessions of a user but one. */
export const revokeOthers = (tx: Context, userId: number, keptId: string): Promise<Session[]> =>
  revokeWhere(tx, "user_id = $1 and id <> $2", [userId, keptId]);

/** Ends all sessions of a user: what the account may do has changed, or who may use it. */
export const revokeAll = (tx: Context, userId: number): Promise<Session[]> => revokeWhere(tx, "user_id = $1", [userId]);

async function revokeWhere(tx: Context, condition: string, parameters: (string | number)[]): Promise<Session[]> {
  const rows = await tx.sql(
    `update sessions set revoked_at = now(), revoked_xid = pg_current_xact_id()
     where ${condition} and revoked_at is null and expires_at > now() returning ${COLUMNS}`,
    parameters,
  );
  const ended = rows.map(sessionOf);
  tx.afterCommit(() => tx.services.sessions.end(ended.map(({ id }) => id)));
  return ended;
}

/** A header is bytes of a stranger, and PostgreSQL stores no NUL. */
const storable = (userAgent: string): string =>
  userAgent.replaceAll("\0", "").slice(0, USER_AGENT_MAXIMUM).toWellFormed();

function sessionOf(row: Row): Session {
  return Object.assign(new Session(), {
    id: String(row["id"]),
    userId: Number(row["user_id"]),
    generation: Number(row["generation"]),
    userAgent: String(row["user_agent"]),
    ip: String(row["ip"]),
    createdAt: time(row["created_at"]),
    lastUsedAt: time(row["last_used_at"]),
    expiresAt: time(row["expires_at"]),
    revokedAt: timeOrNull(row["revoked_at"]),
    revokedXid: row["revoked_xid"] as string | null,
  });
}

import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden, notFound } from "../kernel/errors.ts";
import { administers } from "../users/administrators.ts";
import { IN_USE } from "../users/people.ts";
import type { User } from "../users/user.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { shownAsHere } from "./people-online.ts";

/** People who are here in a list that has no pages, in the older APIs, at the most. */
export const PEOPLE_ONLINE_SHOWN = 1_000;

/** Somebody who is shown as here. */
export interface OnlinePerson {
  readonly user: User;
  /** The address that they logged in from; empty for whoever may not know it. */
  readonly ip: string;
  /** The program that they logged in with, as it calls itself; empty for whoever may not know it. */
  readonly userAgent: string;
  readonly loggedInAt: Date;
  readonly lastActiveAt: Date;
}

/** Of a user's logins the latest one that lives, else the latest. */
const LATEST = "(x.revoked_at is null and x.expires_at > now()) desc, x.created_at desc, x.id desc";

/**
 * Those who are shown to the viewer as ONLINE or AWAY, by user name, {@link PEOPLE_ONLINE_SHOWN} at the most, each with
 * their latest login. Address and program are told of oneself, and to administrators of everybody: nobody else may ask
 * for somebody's address, and the list must not be the way round that.
 *
 * @throws UNAUTHENTICATED
 */
export async function peopleOnline(ctx: Context): Promise<OnlinePerson[]> {
  const { userId } = ctx.me;
  const rows = await ctx.sql(
    `select u.id, l.created_at, coalesce(s.active_at, clock_timestamp()) as active_at,
       case when $2 or u.id = $1 then l.ip else '' end as ip,
       case when $2 or u.id = $1 then l.user_agent else '' end as user_agent
     from users u left join user_statuses s on s.user_id = u.id
     cross join lateral (
       select x.ip, x.user_agent, x.created_at from sessions x where x.user_id = u.id order by ${LATEST} limit 1) l
     where ${IN_USE} and ${shownAsHere("$1")} order by lower(u.username) limit $3`,
    [userId, administers(ctx), PEOPLE_ONLINE_SHOWN],
  );
  const people = await Promise.all(
    rows.map(async (row) => {
      const user = await ctx.load(byIdsOrNull, Number(row.id));
      const { ip, user_agent: userAgent } = row as { ip: string; user_agent: string };
      return user === null
        ? []
        : [{ user, ip, userAgent, loggedInAt: time(row.created_at), lastActiveAt: time(row.active_at) }];
    }),
  );
  return people.flat();
}

/**
 * The address that somebody logged in from: of their latest login that lives, else of the last that is known.
 *
 * @throws FORBIDDEN for everybody but themselves and administrators, whether or not there is such a user; NOT_FOUND for
 *   administrators where there is nobody, or nobody who ever logged in
 */
export async function addressOf(ctx: Context, userId: number): Promise<string> {
  if (userId !== ctx.me.userId && !administers(ctx))
    throw forbidden("Only administrators of the server see the addresses of others.", "userId");
  const [row] = await ctx.sql<{ ip: string }>(
    `select x.ip from sessions x where x.user_id = $1 and x.ip <> '' order by ${LATEST} limit 1`,
    [userId],
  );
  if (row === undefined) throw notFound("userId", "address");
  return row.ip;
}

import { PrimaryKeyProp } from "@mikro-orm/core";
import { Entity, ManyToOne, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";

import type { Context } from "../kernel/context.ts";
import { Failure } from "../kernel/errors.ts";
import { administers } from "./administrators.ts";
import { User } from "./user.ts";

/** What is counted by the day. */
type Counted = "clientEvents" | "messageReports" | "friendRequests" | "conversations";

/** How much of something a user has used up today. */
@Entity({ tableName: "daily_quotas" })
export class DailyQuota {
  [PrimaryKeyProp]?: ["userId", "what"];

  @ManyToOne({ entity: () => User, mapToPk: true, primary: true, fieldName: "user_id", deleteRule: "cascade" })
  userId!: number;

  @PrimaryKey({ type: "text" })
  what!: Counted;

  /** In UTC. */
  @Property({ type: "date" })
  day!: string;

  @Property({ type: "integer" })
  used!: number;
}

/**
 * As {@link spend}, for whoever does not administer the server: they bring in what another system had.
 *
 * @throws RATE_LIMITED where nothing is left of today's
 */
export async function spendUnlessAdministrator(tx: Context, what: Counted, aDay: number): Promise<void> {
  if (!administers(tx)) await spend(tx, what, aDay);
}

/**
 * Takes one of what the viewer may do each day (UTC), in the transaction that does it.
 *
 * @throws RATE_LIMITED where nothing is left of today's
 */
export async function spend(tx: Context, what: Counted, aDay: number): Promise<void> {
  const left = await tx.sql(
    `insert into daily_quotas as q (user_id, what, day, used) values ($1, $2, (now() at time zone 'UTC')::date, 1)
     on conflict (user_id, what) do update
       set used = case when q.day = excluded.day then q.used + 1 else 1 end, day = excluded.day
       where q.day <> excluded.day or q.used < $3
     returning used`,
    [tx.me.userId, what, aDay],
  );
  if (left.length === 0)
    throw new Failure("RATE_LIMITED", `At most ${aDay} of these are taken a day.`, { limit: aDay });
}

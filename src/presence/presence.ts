import { Field, ObjectType } from "type-graphql";

import { timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { User } from "../users/user.ts";
import { HERE } from "./online.ts";
import { PresenceStatus } from "./presence-status.ts";

@ObjectType({ description: "Whether somebody is here, as far as the viewer may know." })
export class Presence {
  @Field(() => PresenceStatus, {
    description:
      "ONLINE, AWAY or OFFLINE. Somebody who chose to be shown as OFFLINE reads so to everybody, and so do two of whom one " +
      "has blocked the other, to each other.",
  })
  readonly status: PresenceStatus;

  @Field(() => Date, {
    nullable: true,
    description:
      "When they were last active: sent a request, or closed their last connection; to the minute. It stands still while " +
      "they choose to be shown as OFFLINE. Null where they never were, and where one of the two has blocked the other.",
  })
  readonly lastActiveAt: Date | null;

  constructor(status: PresenceStatus, lastActiveAt: Date | null) {
    this.status = status;
    this.lastActiveAt = lastActiveAt;
  }
}

/** What a viewer is shown who may not know. */
export const UNKNOWN = new Presence(PresenceStatus.OFFLINE, null);

/** A user together with how they are shown at the moment of an event: the same to everybody who is told of it. */
export class SeenUser extends User {
  seen: Presence = UNKNOWN;

  static of(user: User, seen: Presence): SeenUser {
    return Object.assign(new SeenUser(), user, { seen });
  }
}

const SHOWN = `s.chosen, s.active_at, exists (
    select 1 from presence_sources p where p.user_id = u.id and ${HERE}) as here
  from unnest($1::bigint[]) with ordinality u (id, place) left join user_statuses s on s.user_id = u.id`;

/** How each of these users is shown to whoever may know, in their order. */
export async function shown(ctx: Context, userIds: readonly number[]): Promise<Presence[]> {
  const rows = await ctx.sql(`select ${SHOWN} order by u.place`, [userIds]);
  return rows.map(presenceOf);
}

/** How each of these users is shown to the viewer, in their order. For `ctx.load`. */
export async function shownToViewer(ctx: Context, userIds: readonly number[]): Promise<Presence[]> {
  const { viewer } = ctx;
  if (viewer === null) return userIds.map(() => UNKNOWN);
  const rows = await ctx.sql(`select ${BETWEEN("$2", "u.id")} as hidden, ${SHOWN} order by u.place`, [
    userIds,
    viewer.userId,
  ]);
  return rows.map((row) => (row.hidden === true ? UNKNOWN : presenceOf(row)));
}

/** The condition under which a block stands between two users, whoever made it: neither is shown to the other. */
export const BETWEEN = (one: string, other: string): string =>
  `(exists (select 1 from blocks b where b.user_id = ${one} and b.blocked_id = ${other})
    or exists (select 1 from blocks b where b.user_id = ${other} and b.blocked_id = ${one}))`;

function presenceOf({ chosen, here, active_at: activeAt }: Row): Presence {
  const status = here === true ? ((chosen ?? PresenceStatus.ONLINE) as PresenceStatus) : PresenceStatus.OFFLINE;
  return new Presence(status, timeOrNull(activeAt ?? null));
}

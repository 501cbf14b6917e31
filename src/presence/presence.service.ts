import type { Context } from "../kernel/context.ts";
import { tellChanged } from "./presence-topic.ts";
import { PresenceStatus } from "./presence-status.ts";

/**
 * Chooses what the viewer is shown as while they are here: OFFLINE shows them to nobody. It stays until they choose
 * something else, whatever they connect with.
 */
export async function choose(ctx: Context, status: PresenceStatus): Promise<void> {
  const { userId } = ctx.me;
  await ctx.transaction(async (tx) => {
    // From the moment that they hide it stands still, and so it is when they come out again.
    await tx.sql(
      `insert into user_statuses (user_id, chosen, active_at) values ($1, $2, clock_timestamp())
       on conflict (user_id) do update set chosen = excluded.chosen, active_at = case
         when user_statuses.chosen = 'OFFLINE' and excluded.chosen = 'OFFLINE' then user_statuses.active_at
         else excluded.active_at end`,
      [userId, status],
    );
    tx.afterCommit(() => tellChanged(tx.services.bus, [userId]));
  });
  // Whoever is here by this very request is shown so in its answer.
  await ctx.services.presence.attendance.settled();
}

/** What the viewer chose to be shown as; ONLINE where they never chose. */
export async function chosen(ctx: Context): Promise<PresenceStatus> {
  const [row] = await ctx.sql<{ chosen: PresenceStatus }>("select chosen from user_statuses where user_id = $1", [
    ctx.me.userId,
  ]);
  return row?.chosen ?? PresenceStatus.ONLINE;
}

/** The viewer is here. Resolves when everybody may know. */
export async function beat(ctx: Context): Promise<void> {
  const { attendance } = ctx.services.presence;
  attendance.active(ctx.me, true);
  await attendance.settled();
}

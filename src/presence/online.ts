import type { Context } from "../kernel/context.ts";

/** The condition under which a row `p` of presence_sources says that its user is here. */
export const HERE = "(p.until is null or p.until > clock_timestamp())";

/**
 * Of these users, those who are here: connected by any door to any node, or active over HTTP within the last 30 minutes;
 * whatever they chose to be shown as.
 */
export async function onlineAmong(ctx: Context, userIds: readonly number[]): Promise<Set<number>> {
  const rows = await ctx.sql<{ user_id: string }>(
    `select distinct p.user_id from presence_sources p where p.user_id = any ($1) and ${HERE}`,
    [userIds],
  );
  return new Set(rows.map((row) => Number(row.user_id)));
}

/**
 * The condition under which somebody is connected right now, by any door to any node.
 *
 * @param userId SQL: `n.user_id`
 */
export const CONNECTED = (userId: string): string =>
  `exists (select 1 from presence_sources c where c.user_id = ${userId} and c.node_id is not null)`;

import type { Context } from "../kernel/context.ts";

/** The condition under which a row `p` of presence_sources says that its user is here. */
export const HERE = "(p.until is null or p.until > clock_timestamp())";

/**
 * How many people are here: connected by any door to any node, or active over HTTP within the last 30 minutes; whatever
 * they chose to be shown as.
 */
export async function onlineCount(ctx: Context): Promise<number> {
  const [row] = await ctx.sql<{ n: number }>(
    `select count(distinct p.user_id)::int as n from presence_sources p where ${HERE}`,
  );
  return row?.n ?? 0;
}

/**
 * The condition under which somebody is connected right now, by any door to any node.
 *
 * @param userId SQL: `n.user_id`
 */
export const CONNECTED = (userId: string): string =>
  `exists (select 1 from presence_sources c where c.user_id = ${userId} and c.node_id is not null)`;

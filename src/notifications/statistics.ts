import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { demandAdministrator } from "../users/administrators.ts";
import type { NotificationType } from "./notification.ts";
import { IS_READ, NOTIFICATIONS } from "./notification-row.ts";

/** Days that the statistics look back, at the most: read notifications are kept no longer. */
export const STATISTICS_DAYS_MAXIMUM = 30;

/** How many notifications of a type there are. */
export interface TypeStatistics {
  readonly type: NotificationType;
  readonly sent: number;
  readonly read: number;
}

/**
 * How many notifications were made or counted up in the last days, by type, and how many of them were read. Those that
 * their readers deleted do not count.
 *
 * @throws FORBIDDEN for those who do not administer the server, BAD_USER_INPUT
 */
export async function statistics(ctx: Context, days: number): Promise<TypeStatistics[]> {
  demandAdministrator(ctx);
  if (days < 1 || days > STATISTICS_DAYS_MAXIMUM) {
    throw badInput("days", `days must be between 1 and ${STATISTICS_DAYS_MAXIMUM}.`, STATISTICS_DAYS_MAXIMUM);
  }
  const rows = await ctx.sql<{ type: NotificationType; sent: string; read: string }>(
    `select n.type, count(*) as sent, count(*) filter (where ${IS_READ}) as read from ${NOTIFICATIONS}
     where n.updated_at > now() - make_interval(days => $1) group by n.type order by n.type`,
    [days],
  );
  return rows.map(({ type, sent, read }) => ({ type, sent: Number(sent), read: Number(read) }));
}

import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { type Connection, connection, type PageArguments, pageRequest } from "../kernel/pages.ts";
import { TIME_KEY, timePage } from "../kernel/time-page.ts";
import type { Notification, NotificationType } from "./notification.ts";
import { IS_READ, NOTIFICATION_COLUMNS, NOTIFICATIONS, notificationFrom } from "./notification-row.ts";

/** Notifications that one call names by their ids, at the most. */
export const NAMED_MAXIMUM = 100;

/** Which of their notifications somebody asks for. */
export interface NotificationFilter {
  readonly type?: NotificationType | null | undefined;
  readonly unreadOnly?: boolean | null | undefined;
}

/** How many notifications of a type somebody has. */
export interface NotificationCount {
  readonly type: NotificationType;
  readonly total: number;
  readonly unread: number;
}

/** The viewer's notifications, the latest first. */
export async function list(
  ctx: Context,
  { type, unreadOnly }: NotificationFilter,
  page: PageArguments,
): Promise<Connection<Notification>> {
  const request = pageRequest(page, TIME_KEY);
  const given = [ctx.me.userId, type ?? null, unreadOnly === true];
  const { end, parameters } = timePage(request, { time: "n.updated_at", id: "n.id" }, given);
  const rows = await ctx.sql(
    `select ${NOTIFICATION_COLUMNS} from ${NOTIFICATIONS}
     where n.user_id = $1 and ($2::text is null or n.type = $2) and (not $3::boolean or not ${IS_READ})
       and ${end}`,
    parameters,
  );
  return connection(request, rows.map(notificationFrom), ({ updatedAt, id }) => [updatedAt.getTime(), id]);
}

/** How many of the viewer's notifications are unread. */
export async function unreadCount(ctx: Context): Promise<number> {
  const [row] = await ctx.sql<{ n: string }>(
    `select count(*) as n from ${NOTIFICATIONS} where n.user_id = $1 and not ${IS_READ}`,
    [ctx.me.userId],
  );
  return Number(row?.n);
}

/** How many notifications the viewer has, by type; types of which there is none are left out. */
export async function counts(ctx: Context): Promise<NotificationCount[]> {
  const rows = await ctx.sql<{ type: NotificationType; total: string; unread: string }>(
    `select n.type, count(*) as total, count(*) filter (where not ${IS_READ}) as unread
     from ${NOTIFICATIONS} where n.user_id = $1 group by n.type order by n.type`,
    [ctx.me.userId],
  );
  return rows.map(({ type, total, unread }) => ({
    type,
    total: Number(total),
    unread: Number(unread),
  }));
}

/** The viewer's notifications of these ids, in their order; null for others' and unknown ones. */
export async function ownByIds(ctx: Context, ids: readonly number[]): Promise<(Notification | null)[]> {
  const rows = await ctx.sql(
    `select ${NOTIFICATION_COLUMNS} from ${NOTIFICATIONS} where n.id = any ($1) and n.user_id = $2`,
    [ids, ctx.me.userId],
  );
  const found = new Map(rows.map((row) => [Number(row.id), notificationFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** Which notifications a call is about: those of some ids, or all. */
export type Chosen = { readonly ids: readonly number[] } | { readonly type: NotificationType | null };

/**
 * Marks notifications as read: those of the ids, all or none of them, or all that are unread, of one type or any.
 *
 * @returns how many were unread
 * @throws BAD_USER_INPUT for too many ids, NOT_FOUND where one is not the viewer's
 */
export async function markRead(ctx: Context, chosen: Chosen): Promise<number> {
  return ctx.transaction(async (tx) => {
    if ("ids" in chosen) await demandOwn(tx, chosen.ids);
    const rows = await tx.sql(
      `with unread as (
         select n.id from ${NOTIFICATIONS}
         where n.user_id = $1 and not ${IS_READ} and ($2::bigint[] is null or n.id = any ($2)) and ($3::text is null or n.type = $3)
         order by n.id for update of n)
       update notifications n set read_at = clock_timestamp() from unread u where n.id = u.id returning n.id`,
      [tx.me.userId, ...idsAndType(chosen)],
    );
    return rows.length;
  });
}

/**
 * Deletes notifications: those of the ids, all or none of them, or all that are read, of one type or any.
 *
 * @returns how many
 * @throws BAD_USER_INPUT for too many ids, NOT_FOUND where one is not the viewer's
 */
export async function remove(ctx: Context, chosen: Chosen): Promise<number> {
  return ctx.transaction(async (tx) => {
    if ("ids" in chosen) await demandOwn(tx, chosen.ids);
    const rows = await tx.sql(
      `with gone as (
         select n.id from ${NOTIFICATIONS}
         where n.user_id = $1 and ($2::bigint[] is null and ${IS_READ} or n.id = any ($2)) and ($3::text is null or n.type = $3)
         order by n.id for update of n)
       delete from notifications n using gone g where n.id = g.id returning n.id`,
      [tx.me.userId, ...idsAndType(chosen)],
    );
    return rows.length;
  });
}

const idsAndType = (chosen: Chosen): [readonly number[] | null, NotificationType | null] =>
  "ids" in chosen ? [chosen.ids, null] : [null, chosen.type];

async function demandOwn(tx: Context, ids: readonly number[]): Promise<void> {
  if (ids.length > NAMED_MAXIMUM) {
    throw badInput("ids", `ids may have at most ${NAMED_MAXIMUM} items.`, NAMED_MAXIMUM);
  }
  if ((await ownByIds(tx, ids)).includes(null)) throw notFound("ids", "notification");
}

import type { Context } from "../kernel/context.ts";
import { deleteInBatches } from "../kernel/delete-in-batches.ts";
import { IS_READ, NOTIFICATIONS } from "./notification-row.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Takes away the notifications that nobody looks at any more. */
    forgetNotifications: Record<string, never>;
  }
}

/** Days for which a notification is kept after it last changed, once it is read. */
export const READ_KEPT_DAYS = 30;
/** Days for which any notification is kept after it last changed. */
export const UNREAD_KEPT_DAYS = 90;
/** Notifications that one user has, at the most; the oldest go within the hour. */
export const KEPT_MAXIMUM = 1_000;
/** Whose notifications changed within this time are looked at for too many: longer than from one look to the next. */
const CHANGED_WITHIN = "interval '1 day'";

/** Takes away what is old, and what is too many, some at a time. A subscription goes with the login that it hangs on. */
export async function forgetNotifications(ctx: Context): Promise<void> {
  const forget = (which: string): Promise<void> => deleteInBatches(ctx, "notifications", which);
  await forget(`select id from notifications where updated_at < now() - interval '${UNREAD_KEPT_DAYS} days'`);
  await forget(
    `select n.id from ${NOTIFICATIONS} where n.updated_at < now() - interval '${READ_KEPT_DAYS} days' and ${IS_READ}`,
  );
  await forget(
    `select o.id
     from (select user_id from notifications where updated_at > now() - ${CHANGED_WITHIN}
           group by user_id) u,
     lateral (select id from notifications n where n.user_id = u.user_id
              order by updated_at desc, id desc offset ${KEPT_MAXIMUM}) o`,
  );
  await ctx.sql(
    `delete from push_subscriptions p where p.expires_at < now() or exists (
       select 1 from sessions s where s.id = p.session_id and (s.revoked_at is not null or s.expires_at < now()))`,
  );
}

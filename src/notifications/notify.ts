import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { tellUsers } from "../realtime/events.ts";
import type { Notification, NotificationType } from "./notification.ts";
import { NEW_COLUMNS, notificationFrom } from "./notification-row.ts";
import { queuePushes } from "./push-queue.ts";

/** What people are to know. Messages and mentions are not said so: their job reads the log. */
export interface Notice {
  readonly type: Exclude<`${NotificationType}`, "MESSAGE" | "MENTION">;
  /** Left out where it can be made of actor and conversation, as src/notifications/wording.ts does. */
  readonly title?: string | null;
  readonly content?: string | null;
  /** Who did it. Whoever has blocked them is not told. */
  readonly actorId?: number | null;
  readonly conversationId?: number | null;
  readonly messageId?: number | null;
  /** Any JSON value, for programs. */
  readonly data?: unknown;
  /** Names the cause: of the notices of one key each user gets one, however often it is said. */
  readonly key: string;
}

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** A notification was made, or an unread one counted up: its row. */
    notification: { readonly row: Row };
  }
}

/**
 * Notifies users, in the transaction that is under way: each gets one notification, a live event after the commit, and
 * where they are not connected a push. Whoever wants nothing of its type gets none, and neither does the actor.
 */
export async function notify(tx: Context, userIds: readonly number[], notice: Notice): Promise<Notification[]> {
  const { type, title, content, actorId, conversationId, messageId, data, key } = notice;
  const rows = await tx.sql(
    `insert into notifications as n (user_id, type, title, content, actor_id, conversation_id, message_id, data, key)
     select u.id, $2, $3, $4, $5, $6, $7, $8::jsonb, $9
     from users u left join notification_settings s on s.user_id = u.id
     where u.id = any ($1) and u.id is distinct from $5 and $2 <> all (coalesce(s.off, '{}'))
       and not exists (select 1 from blocks b where b.user_id = u.id and b.blocked_id = $5)
     order by u.id
     on conflict (user_id, key) where key is not null do nothing
     returning ${NEW_COLUMNS}`,
    [
      userIds,
      type,
      title ?? null,
      content ?? null,
      actorId ?? null,
      conversationId ?? null,
      messageId ?? null,
      data == null ? null : JSON.stringify(data),
      key,
    ],
  );
  return announce(tx, rows);
}

/** Tells of rows that were written: live after the commit, and by push. */
export async function announce(tx: Context, rows: readonly Row[]): Promise<Notification[]> {
  const notifications = rows.map(notificationFrom);
  for (const row of rows) tellUsers(tx, [Number(row.user_id)], { type: "notification", row });
  await queuePushes(tx, notifications);
  return notifications;
}

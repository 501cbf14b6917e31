import { time, timeOrNull } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import { Notification, type NotificationType } from "./notification.ts";

/** Notifications `n` with what tells whether they are read: the reader `m` in the conversation. */
export const NOTIFICATIONS =
  "notifications n left join members m on n.seq is not null and m.conversation_id = n.conversation_id and m.user_id = n.user_id";

/**
 * The condition under which `n` of {@link NOTIFICATIONS} is read: it was marked so, the messages that it stands for were
 * read, or they are no longer the reader's to read. So reading a conversation reads its notifications, in the same
 * statement and without touching them.
 */
export const IS_READ =
  "(n.read_at is not null or n.seq is not null and coalesce(m.left_at is not null or m.last_read_seq >= n.seq, true))";

/** When it was read: the reader's own mark, or the time at which the reading position moved past it or a later message. */
const READ_AT = `coalesce(n.read_at, case when ${IS_READ} then coalesce(m.left_at, m.last_read_at, n.updated_at) end)`;

const OWN_COLUMNS =
  "n.id, n.user_id, n.type, n.title, n.content, n.actor_id, n.conversation_id, n.message_id, n.seq, n.data, n.count, " +
  "n.created_at, n.updated_at";

/** The columns that {@link notificationFrom} reads, of {@link NOTIFICATIONS}. */
export const NOTIFICATION_COLUMNS = `${OWN_COLUMNS}, ${READ_AT} as read_at`;

/** The same, of a row `n` that was written just now and so is unread. */
export const NEW_COLUMNS = `${OWN_COLUMNS}, n.read_at`;

/** A notification as a statement or the bus brought it. */
export function notificationFrom(row: Row): Notification {
  return Object.assign(new Notification(), {
    id: Number(row.id),
    userId: Number(row.user_id),
    type: row.type as NotificationType,
    title: row.title as string | null,
    content: row.content as string | null,
    actorId: numberOrNull(row.actor_id),
    conversationId: numberOrNull(row.conversation_id),
    messageId: numberOrNull(row.message_id),
    seq: numberOrNull(row.seq),
    data: row.data,
    count: row.count as number,
    readAt: timeOrNull(row.read_at),
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  });
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

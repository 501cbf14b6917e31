import type { Context } from "../kernel/context.ts";
import type { Jobs } from "../kernel/jobs.ts";
import { CONNECTED } from "../presence/online.ts";
import { callIn } from "./call-data.ts";
import type { Notification } from "./notification.ts";
import { quietHoursOf } from "./preferences.service.ts";
import { isQuiet } from "./quiet-hours.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** A notification is to be pushed to one browser. */
    push: Push;
  }
}

export interface Push {
  readonly notificationId: number;
  readonly subscriptionId: number;
  /** How often the push service has asked for patience. */
  readonly postponed?: number;
}

/** How often a push is tried, at the most: that takes an hour and a half. */
export const PUSH_ATTEMPTS = 8;

/**
 * A push that waits is replaced by a later one of its type about the same conversation, here and at the push service. A
 * call has a topic of its own: that it was missed replaces that it rang, and no other call.
 */
export const topicOf = (notification: Pick<Notification, "id" | "type" | "conversationId" | "data">): string => {
  const { id, type, conversationId } = notification;
  return callIn(notification)?.callId ?? (conversationId === null ? `n${id}` : `c${conversationId}_${type}`);
};

/** The columns of `notification_settings s` that {@link hasQuiet} reads. */
export const QUIET_COLUMNS = "s.quiet_from, s.quiet_to, s.time_zone";

/** Whether a moment lies in somebody's quiet hours. */
export function hasQuiet(settings: Parameters<typeof quietHoursOf>[0], at: Date): boolean {
  const hours = quietHoursOf(settings);
  return hours !== null && isQuiet(hours, at);
}

/** A push to one browser, as it is found with the settings of its user. */
export interface PushRow extends Record<string, unknown> {
  readonly subscription_id: string;
  readonly quiet_from: number | null;
  readonly quiet_to: number | null;
  readonly time_zone: string | null;
}

/**
 * Queues the pushes of notifications that were made or counted up: to those who have a browser that takes them, are
 * not connected by any door, want it, and have no quiet hours at the time. Who set NONE gets none of the conversation.
 */
export async function queuePushes(tx: Context, notifications: readonly Notification[]): Promise<void> {
  if (notifications.length === 0) return;
  const rows = await tx.sql<PushRow & { id: string }>(
    `select n.id, p.id as subscription_id, ${QUIET_COLUMNS}
     from notifications n
     join push_subscriptions p on p.user_id = n.user_id
     left join notification_settings s on s.user_id = n.user_id
     where n.id = any ($1) and coalesce(s.push, true) and n.type <> all (coalesce(s.unpushed, '{}'))
       and not ${CONNECTED("n.user_id")}
       and not exists (select 1 from members m where n.type in ('MESSAGE', 'MENTION', 'CALL')
         and m.conversation_id = n.conversation_id and m.user_id = n.user_id and m.notification_level = 'NONE')
     order by n.id`,
    [notifications.map(({ id }) => id)],
  );
  const topics = new Map(notifications.map((notification) => [notification.id, topicOf(notification)]));
  const now = new Date();
  const jobs = new Map<string, Push>();
  for (const row of rows) {
    if (hasQuiet(row, now)) continue;
    const [notificationId, subscriptionId] = [Number(row.id), Number(row.subscription_id)];
    jobs.set(`push:${subscriptionId}:${topics.get(notificationId)}`, { notificationId, subscriptionId });
  }
  await addJobs(tx, "push", jobs);
}

/** Queues jobs that push, by their keys, in one statement. */
export async function addJobs<Name extends "push" | "pushRinging">(
  tx: Context,
  name: Name,
  byKey: ReadonlyMap<string, Jobs[Name]>,
): Promise<void> {
  const jobs = new Map(byKey);
  // One whose predecessor is begun at this very moment is left out: the next try finds that one begun.
  while (jobs.size > 0) {
    const added = await tx.sql<{ key: string }>(
      `select key from graphile_worker.add_jobs(array(
         select ($2, j.payload, null, null, ${PUSH_ATTEMPTS}, j.key, null, null)::graphile_worker.job_spec
         from json_to_recordset($1) as j (key text, payload json)))`,
      [JSON.stringify([...jobs].map(([key, payload]) => ({ key, payload }))), name],
    );
    for (const { key } of added) jobs.delete(key);
  }
}

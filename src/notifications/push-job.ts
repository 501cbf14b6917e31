import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { queueJob } from "../kernel/jobs.ts";
import { callIn } from "./call-data.ts";
import type { Notification } from "./notification.ts";
import { NOTIFICATION_COLUMNS, NOTIFICATIONS, notificationFrom } from "./notification-row.ts";
import { deliver, type Pushed, readerOf, TARGET_COLUMNS, TARGET_OF } from "./push-delivery.ts";
import { type Push, PUSH_ATTEMPTS, topicOf } from "./push-queue.ts";
import { PUSH_KEPT_SECONDS } from "./push-sender.ts";
import { contentOf, excerpt, titleOf } from "./wording.ts";

/**
 * Pushes a notification to a browser, unless it was read meanwhile, its reader has come back, or the login has ended. A
 * job that runs twice pushes twice, of which the browser shows one: they have one topic, and their text one id.
 */
export async function push(ctx: Context, told: Push): Promise<void> {
  const { notificationId, subscriptionId } = told;
  const [row] = await ctx.sql(
    `select ${NOTIFICATION_COLUMNS}, ${TARGET_COLUMNS}
     from ${NOTIFICATIONS} join ${TARGET_OF("n.user_id", "$2")}
     where n.id = $1`,
    [notificationId, subscriptionId],
  );
  if (row === undefined) return;
  const notification = notificationFrom(row);
  if (notification.isRead) return;
  const text = await shownTo(readerOf(ctx, row), notification);
  const handling = { topic: topicOf(notification), keptSeconds: PUSH_KEPT_SECONDS, urgency: "normal" } as const;
  const seconds = await deliver(ctx, row, text, handling);
  if (seconds !== null) await postpone(ctx, told, seconds);
}

async function shownTo(reader: Context, notification: Notification): Promise<Pushed> {
  const [title, body] = await Promise.all([titleOf(reader, notification), contentOf(reader, notification)]);
  const { nodeId: id, type, count, conversationId } = notification;
  return {
    id,
    type,
    title: excerpt(title),
    body: excerpt(body),
    count,
    conversationId: conversationId === null ? null : globalId("conversation", conversationId),
    ...callIn(notification),
  };
}

/** The push service has said when it will take more. */
async function postpone(ctx: Context, { postponed = 0, ...told }: Push, seconds: number): Promise<void> {
  if (postponed + 1 >= PUSH_ATTEMPTS) return;
  const at = new Date(Date.now() + seconds * 1_000);
  await queueJob(ctx, "push", { ...told, postponed: postponed + 1 }, { at, attempts: PUSH_ATTEMPTS });
}

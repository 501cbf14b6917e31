import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { queueJob } from "../kernel/jobs.ts";
import { CONNECTED } from "../presence/online.ts";
import type { Notification } from "./notification.ts";
import { NOTIFICATION_COLUMNS, NOTIFICATIONS, notificationFrom } from "./notification-row.ts";
import { type Push, PUSH_ATTEMPTS, topicOf } from "./push-queue.ts";
import type { PushTarget } from "./push-sender.ts";
import { contentOf, excerpt, titleOf } from "./wording.ts";

/** What a push service answered that makes the job run again, later each time. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
}

/** What a browser's service worker is handed, as JSON. */
interface Pushed {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  /** Never of an encrypted message. */
  readonly body: string;
  readonly count: number;
  readonly conversationId: string | null;
}

/**
 * Pushes a notification to a browser, unless it was read meanwhile, its reader has come back, or the login has ended. A
 * job that runs twice pushes twice, of which the browser shows one: they have one topic, and their text one id.
 */
export async function push(ctx: Context, told: Push): Promise<void> {
  const { notificationId, subscriptionId } = told;
  const [row] = await ctx.sql(
    `select ${NOTIFICATION_COLUMNS}, p.endpoint, p.p256dh, p.auth, p.session_id, u.role
     from ${NOTIFICATIONS} join push_subscriptions p on p.user_id = n.user_id join users u on u.id = n.user_id
     join sessions s on s.id = p.session_id and s.revoked_at is null and s.expires_at > now()
     where n.id = $1 and p.id = $2 and (p.expires_at is null or p.expires_at > now()) and not ${CONNECTED("n.user_id")}`,
    [notificationId, subscriptionId],
  );
  if (row === undefined) return;
  const notification = notificationFrom(row);
  if (notification.isRead) return;
  const target = row as unknown as PushTarget;
  const reader = { userId: notification.userId, sessionId: String(row.session_id), role: String(row.role) };
  const text = JSON.stringify(await shownTo(ctx.as(reader), notification));
  const outcome = await ctx.services.push.send(target, text, topicOf(notification));
  if (outcome.kind === "gone") return forget(ctx, subscriptionId);
  if (outcome.kind === "refused") {
    ctx.log.warn({ reason: outcome.reason, host: new URL(target.endpoint).host }, "a push was refused");
  } else if (outcome.kind === "later") {
    if (outcome.seconds === null) throw new NotTaken("The push service is out of order.");
    await postpone(ctx, told, outcome.seconds);
  }
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
  };
}

/** The browser, or its user, has ended the subscription. */
async function forget(ctx: Context, subscriptionId: number): Promise<void> {
  await ctx.sql("delete from push_subscriptions where id = $1", [subscriptionId]);
}

/** The push service has said when it will take more. */
async function postpone(ctx: Context, { postponed = 0, ...told }: Push, seconds: number): Promise<void> {
  if (postponed + 1 >= PUSH_ATTEMPTS) return;
  const at = new Date(Date.now() + seconds * 1_000);
  await queueJob(ctx, "push", { ...told, postponed: postponed + 1 }, { at, attempts: PUSH_ATTEMPTS });
}

import type { Context } from "../kernel/context.ts";
import type { Notification } from "./notification.ts";

/** Queues the pushes of notifications that were made or counted up, for those who are not connected and want them. */
export async function queuePushes(_tx: Context, _notifications: readonly Notification[]): Promise<void> {}

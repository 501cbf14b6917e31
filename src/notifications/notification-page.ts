import { connectionType } from "../kernel/pages.ts";
import { Notification } from "./notification.ts";

/** NotificationConnection and NotificationEdge. */
export const NotificationPage = connectionType(Notification, "Notification");

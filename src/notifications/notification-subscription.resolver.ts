import { Resolver, Root, Subscription } from "type-graphql";

import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { notificationFrom } from "./notification-row.ts";
import { Notification } from "./notification.ts";

@Resolver()
export class NotificationSubscription {
  @Subscription(() => Notification, {
    description:
      "The viewer's notifications as they are made. One that is unread and counts up comes again, under the same id.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "notification" ? notificationFrom(told.row) : null;
          },
        },
      ),
  })
  notificationAdded(@Root() notification: Notification): Notification {
    return notification;
  }
}

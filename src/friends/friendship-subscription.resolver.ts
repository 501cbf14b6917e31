import { Resolver, Root, Subscription } from "type-graphql";

import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { FriendshipEvent } from "./friendship-event.ts";

@Resolver()
export class FriendshipSubscription {
  @Subscription(() => FriendshipEvent, {
    description: "What happens between the viewer and others: requested, accepted, rejected, removed.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "friendship" ? new FriendshipEvent(told) : null;
          },
        },
      ),
  })
  friendshipChanged(@Root() event: FriendshipEvent): FriendshipEvent {
    return event;
  }
}

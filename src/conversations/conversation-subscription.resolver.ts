import { Resolver, Root, Subscription } from "type-graphql";

import type { ConversationEvent as Passing, UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { ConversationEvent } from "./conversation-event.ts";

@Resolver()
export class ConversationSubscription {
  @Subscription(() => ConversationEvent, {
    description: "What happens to the viewer's conversations: created, updated, deleted, members come, go and change.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "everything" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "conversation" ? new ConversationEvent(told) : null;
          },
          onPassing: (event) => {
            const told = event as Passing;
            return told.type === "conversationChanged" ? new ConversationEvent(told) : null;
          },
        },
      ),
  })
  conversationChanged(@Root() event: ConversationEvent): ConversationEvent {
    return event;
  }
}

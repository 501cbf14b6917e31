import { Field, ID, ObjectType } from "type-graphql";

import { globalId } from "../kernel/ids.ts";
import type { ConversationEvent } from "../realtime/events.ts";

/** As the bus carries it. */
export interface TypingNews {
  readonly conversationId: number;
  readonly userId: number;
  readonly isTyping: boolean;
}

declare module "../realtime/events.ts" {
  interface ConversationEvents {
    /** Somebody types, still types, or does so no more. */
    typing: TypingNews;
  }
}

/** What listeners of this node are told: {@link TypingNews} that begin or end something. */
export type Typing = Extract<ConversationEvent, { type: "typing" }>;

@ObjectType({ description: "Somebody has begun to type, or does so no more." })
export class TypingEvent {
  @Field(() => ID, { description: "Where." })
  readonly conversationId: string;

  @Field(() => Boolean, { description: "True where it begins, false where it is over." })
  readonly isTyping: boolean;

  readonly userId: number;

  constructor({ conversationId, isTyping, userId }: TypingNews) {
    this.conversationId = globalId("conversation", conversationId);
    this.isTyping = isTyping;
    this.userId = userId;
  }
}

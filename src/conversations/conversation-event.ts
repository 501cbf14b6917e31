import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { tellConversation, tellUsers } from "../realtime/events.ts";

/** What happened to a conversation or to somebody's place in it. */
export enum ConversationChange {
  CREATED = "CREATED",
  UPDATED = "UPDATED",
  DELETED = "DELETED",
  MEMBER_JOINED = "MEMBER_JOINED",
  MEMBER_LEFT = "MEMBER_LEFT",
  MEMBER_CHANGED = "MEMBER_CHANGED",
}
registerEnumType(ConversationChange, {
  name: "ConversationChange",
  description: "What happened to a conversation or to somebody's place in it.",
  valuesConfig: {
    CREATED: { description: "It was made, and the receiver is in it." },
    UPDATED: { description: "Its name, picture, description, visibility or size was changed." },
    DELETED: { description: "It is no more." },
    MEMBER_JOINED: { description: "`user` came in: joined, was added or accepted an invite." },
    MEMBER_LEFT: { description: "`user` is out: left, was removed or banned." },
    MEMBER_CHANGED: {
      description: "`user` has another role, nickname, mute or notification level, or is no longer banned.",
    },
  },
});

/** As the bus carries it. `userId` is whose place in the conversation it is about; null where it is about the whole. */
export interface ConversationNews {
  readonly conversationId: number;
  readonly change: `${ConversationChange}`;
  readonly userId: number | null;
}

declare module "../realtime/events.ts" {
  interface UserEvents {
    conversation: ConversationNews;
  }
  interface ConversationEvents {
    conversationChanged: ConversationNews;
  }
}

/** One {@link ConversationNews}, as conversationChanged delivers it; conversation and user are loaded by the resolver. */
@ObjectType({ description: "Something happened to a conversation of the viewer's, or to somebody's place in it." })
export class ConversationEvent {
  @Field(() => ConversationChange, { description: "What happened." })
  readonly change: ConversationChange;

  @Field(() => ID, { name: "conversationId", description: "The conversation's global id, which outlives it." })
  readonly globalConversationId: string;

  /** The conversation's number. */
  readonly of: number;
  readonly userId: number | null;

  constructor({ conversationId, change, userId }: ConversationNews) {
    this.change = ConversationChange[change];
    this.globalConversationId = globalId("conversation", conversationId);
    this.of = conversationId;
    this.userId = userId;
  }
}

/** Tells those whose own place in the conversation begins, ends or changes: what their connections may hear hangs on it. */
export function tellConcerned(
  tx: Context,
  userIds: readonly number[],
  conversationId: number,
  change: `${ConversationChange}`,
  userId: number | null = null,
): void {
  tellUsers(tx, userIds, { type: "conversation", conversationId, change, userId });
}

/** Tells everybody who is in the conversation at present, by one event, however many they are. */
export function tellMembers(
  tx: Context,
  conversationId: number,
  change: `${ConversationChange}`,
  userId: number | null = null,
): void {
  tellConversation(tx, conversationId, { type: "conversationChanged", conversationId, change, userId });
}

/** `userId` came in. The others hear first: who comes in listens to the conversation from their own event on. */
export function tellJoined(tx: Context, conversationId: number, userId: number): void {
  tellMembers(tx, conversationId, "MEMBER_JOINED", userId);
  tellConcerned(tx, [userId], conversationId, "MEMBER_JOINED", userId);
}

/** `userId` is out. They hear first, and nothing of the conversation afterwards. */
export function tellLeft(tx: Context, conversationId: number, userId: number): void {
  tellConcerned(tx, [userId], conversationId, "MEMBER_LEFT", userId);
  tellMembers(tx, conversationId, "MEMBER_LEFT", userId);
}

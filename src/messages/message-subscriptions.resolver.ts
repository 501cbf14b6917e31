import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Resolver,
  Root,
  Subscription,
  createUnionType,
} from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { type Edge, encodeKey } from "../kernel/pages.ts";
import type { ConversationEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import type { MessageChange } from "./change.ts";
import { encodeCursor } from "./cursor.ts";
import { liveScope } from "./live-scope.ts";
import { MessageEdge } from "./message-connection.ts";
import { Message } from "./message.ts";
import { messageKey } from "./read.ts";

@ObjectType({ description: "A message was added to the log." })
export class MessageAdded {
  @Field(() => String, { description: "The log's position after this change: what `after` takes to go on from here." })
  cursor!: string;

  @Field(() => MessageEdge, { description: "The message as an edge of its conversation's `messages`." })
  edge!: Edge<Message>;
}

@ObjectType({ description: "A message is not what it was: edited, recalled, deleted, reacted to, pinned." })
export class MessageUpdated {
  @Field(() => String, { description: "The log's position after this change: what `after` takes to go on from here." })
  cursor!: string;

  @Field(() => Message, { description: "The message in its latest state." })
  message!: Message;
}

@ObjectType({
  description:
    "The cursor is too old: more than 1,000 changes lie between, or the database was restored since. Fetch the conversation " +
    "again; this subscription goes on after the cursor given here.",
})
export class ResyncRequired {
  @Field(() => String, { description: "Where the subscription goes on." })
  cursor!: string;
}

export const ConversationLogEvent = createUnionType({
  name: "ConversationLogEvent",
  description: "One event of a conversation's log.",
  types: () => [MessageAdded, MessageUpdated, ResyncRequired] as const,
});

@ObjectType({ description: "A member has read up to a message." })
export class ReadEvent {
  @Field(() => ID, { description: "Where." })
  conversationId!: string;

  @Field(() => Int, { description: "The seq of the last message read." })
  seq!: number;

  @Field(() => Date, { description: "When." })
  readAt!: Date;

  userId!: number;
}

@Resolver(() => ReadEvent)
export class ReadEventResolver {
  @FieldResolver(() => User, { description: "Who." })
  async user(@Ctx() ctx: Context, @Root() event: ReadEvent): Promise<User | null> {
    return ctx.load(users.byIds, event.userId);
  }
}

interface Subscribing {
  args: Record<string, unknown>;
  context: object;
}

const CONVERSATION = { description: "Only this conversation; without it all of the viewer's conversations." } as const;

@Resolver()
export class MessageSubscriptions {
  @Subscription(() => ConversationLogEvent, {
    description:
      "A conversation's log. After a cursor: each message that changed since, once, in its latest state, then every change as " +
      "it happens; none is lost and none comes twice.",
    subscribe: ({ args, context }: Subscribing) => {
      const ctx = context as Context;
      const { epoch } = ctx.services.database;
      return new LiveSource<MessageChange>(liveScope(args), {
        onChange: (change) => (change.added ? added(change, epoch) : updated(change, epoch)),
        resync: (conversationId, position) =>
          Object.assign(new ResyncRequired(), { cursor: encodeCursor({ epoch, conversationId, position }) }),
      });
    },
  })
  conversationEvents(
    @Root() event: MessageAdded | MessageUpdated | ResyncRequired,
    @Arg("conversationId", () => ID, { description: "The conversation." }) _conversationId: string,
    @Arg("after", () => String, { nullable: true, description: "A cursor of the conversation or of a message in it." })
    _after: string | null,
  ): typeof ConversationLogEvent {
    return event;
  }

  @Subscription(() => Message, {
    description:
      "Messages as they are written. After a cursor, first those that were written since; where that is more than 1,000 changes " +
      "ago, it ends with EXPIRED and a cursor to go on from.",
    subscribe: ({ args }: Subscribing) =>
      new LiveSource<MessageChange>(liveScope(args), {
        onChange: (change) => (change.added ? change.messageToGoOnAfter : null),
      }),
  })
  messageAdded(
    @Root() message: Message,
    @Arg("conversationId", () => ID, { nullable: true, ...CONVERSATION }) _conversationId: string | null,
    @Arg("after", () => String, { nullable: true, description: "A cursor of the conversation or of a message in it." })
    _after: string | null,
  ): Message {
    return message;
  }

  @Subscription(() => Message, {
    description: "Messages that are not what they were: edited, recalled, deleted, reacted to, pinned.",
    subscribe: ({ args }: Subscribing) =>
      new LiveSource<MessageChange>(liveScope(args), {
        onChange: (change) => (change.added ? null : change.message),
      }),
  })
  messageUpdated(
    @Root() message: Message,
    @Arg("conversationId", () => ID, { nullable: true, ...CONVERSATION }) _conversationId: string | null,
  ): Message {
    return message;
  }

  @Subscription(() => ReadEvent, {
    description: "Members' reading positions as they move.",
    subscribe: ({ args }: Subscribing) =>
      new LiveSource<MessageChange>(liveScope(args), {
        onPassing: (event) => readEvent(event as ConversationEvent),
      }),
  })
  messagesRead(
    @Root() event: ReadEvent,
    @Arg("conversationId", () => ID, { nullable: true, ...CONVERSATION }) _conversationId: string | null,
  ): ReadEvent {
    return event;
  }
}

function added({ message, cursor: position, amid }: MessageChange, epoch: string): MessageAdded {
  const cursor = encodeCursor({ epoch, conversationId: message.conversationId, position, amid });
  return Object.assign(new MessageAdded(), { cursor, edge: { cursor: encodeKey(messageKey(message)), node: message } });
}

function updated({ message, cursor: position, amid }: MessageChange, epoch: string): MessageUpdated {
  const cursor = encodeCursor({ epoch, conversationId: message.conversationId, position, amid });
  return Object.assign(new MessageUpdated(), { cursor, message });
}

function readEvent(event: ConversationEvent): ReadEvent | null {
  if (event.type !== "read") return null;
  return Object.assign(new ReadEvent(), {
    conversationId: globalId("conversation", event.conversationId),
    userId: event.userId,
    seq: event.seq,
    readAt: new Date(event.readAt),
  });
}

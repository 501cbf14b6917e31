import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import type { ConversationEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { TypingEvent } from "./typing-event.ts";
import { demandListener, setTyping } from "./typing.service.ts";

@InputType({ description: "Whether the viewer types, and where." })
export class SetTypingInput {
  @Field(() => ID, { description: "The conversation: conv_1." })
  conversationId!: string;

  @Field(() => Boolean, { description: "True where the viewer begins or goes on, false where they do so no more." })
  isTyping!: boolean;
}

@ObjectType({ description: "What was said of the viewer's typing." })
export class SetTypingPayload {
  @Field(() => ID, { description: "Where." })
  conversationId!: string;

  @Field(() => Boolean, { description: "Whether they type." })
  isTyping!: boolean;
}

interface Subscribing {
  args: { conversationId?: string | null };
  context: object;
}

@Resolver()
export class TypingResolver {
  @Mutation(() => SetTypingPayload, {
    description:
      "Says that the viewer types in a conversation, or does so no more; for members who may write there. Say it again every " +
      "few seconds while it goes on: it is over 6 seconds after it was last said, and with the viewer's message.",
  })
  async setTyping(
    @Arg("input", () => SetTypingInput, { description: "Whether, and where." }) input: SetTypingInput,
    @Ctx() ctx: Context,
  ): Promise<SetTypingPayload> {
    const { conversationId, isTyping } = input;
    await setTyping(ctx, { conversationId: rowId("conversation", conversationId, "conversationId"), isTyping });
    return { conversationId, isTyping };
  }

  @Subscription(() => TypingEvent, {
    description:
      "Other members as they begin to type, and when it is over; each of it once. Where very many type at once some of them " +
      "are shown: ten in a conversation, and fewer beginnings a second the more people listen.",
    subscribe: async ({ args, context }: Subscribing) => {
      const hears = { onPassing, concerns: isSomebodyElse };
      if (args.conversationId == null) return new LiveSource<never>({ kind: "everything" }, hears);
      const logId = rowId("conversation", args.conversationId, "conversationId");
      await demandListener(context as Context, logId);
      return new LiveSource<never>({ kind: "log", logId, after: null }, hears);
    },
  })
  typing(
    @Root() event: TypingEvent,
    @Arg("conversationId", () => ID, {
      nullable: true,
      description: "Only this conversation, which the viewer is in; without it all of the viewer's conversations.",
    })
    _conversationId: string | null,
  ): TypingEvent {
    return event;
  }
}

@Resolver(() => TypingEvent)
export class TypingEventResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Root() event: TypingEvent, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, event.userId);
  }
}

function onPassing(event: unknown): TypingEvent | null {
  const told = event as ConversationEvent;
  return told.type === "typing" ? new TypingEvent(told) : null;
}

function isSomebodyElse(event: unknown, userId: number): boolean {
  const told = event as ConversationEvent;
  return told.type === "typing" && told.userId !== userId;
}

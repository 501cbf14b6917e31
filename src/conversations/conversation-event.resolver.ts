import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { User } from "../users/user.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { ConversationEvent } from "./conversation-event.ts";
import { Conversation } from "./conversation.ts";
import { reachable } from "./reach.ts";

@Resolver(() => ConversationEvent)
export class ConversationEventResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description: "The conversation as it is now; null once it does not exist for the receiver any more.",
  })
  conversation(@Root() event: ConversationEvent, @Ctx() ctx: Context): Promise<Conversation | null> {
    return ctx.load(reachable, event.of);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: "Whose place in the conversation it is about; null where it is about the whole.",
  })
  async user(@Root() { userId }: ConversationEvent, @Ctx() ctx: Context): Promise<User | null> {
    return userId === null ? null : ctx.load(byIdsOrNull, userId);
  }
}

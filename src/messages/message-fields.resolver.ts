import { Arg, Args, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { byIds as conversationsByIds } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { PageArgs } from "../kernel/page-args.ts";
import { type Connection, PAGE_DEFAULT } from "../kernel/pages.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { encodeCursor } from "./cursor.ts";
import { history, MessageEditPage } from "./edit-history.ts";
import type { MessageEdit } from "./message-edit.ts";
import { visibleOrNull } from "./reach.ts";
import { Message } from "./message.ts";
import * as reactions from "./reaction.service.ts";
import { byId } from "./read.ts";

@ObjectType({ description: "What people put under a message, one emoji." })
export class ReactionGroup {
  @Field(() => String, { description: "The emoji." })
  emoji!: string;

  @Field(() => Int, { description: "How many people put it." })
  count!: number;

  userIds!: readonly number[];
}

@Resolver(() => ReactionGroup)
export class ReactionGroupResolver {
  @FieldResolver(() => [User], { description: "Who put it, the first ones first." })
  async users(
    @Ctx() ctx: Context,
    @Root() group: ReactionGroup,
    @Arg("first", () => Int, { nullable: true, description: "How many people, 1-100; 20 where nothing is said." })
    first: number | null,
  ): Promise<User[]> {
    const size = first ?? PAGE_DEFAULT;
    if (size < 1 || size > reactions.REACTORS_MAXIMUM) {
      throw badInput("first", `first must be between 1 and ${reactions.REACTORS_MAXIMUM}.`, reactions.REACTORS_MAXIMUM);
    }
    return everybody(ctx, group.userIds.slice(0, size));
  }
}

@Resolver(() => Message)
export class MessageFieldsResolver {
  @FieldResolver(() => Conversation, { description: "Where it stands." })
  async conversation(@Ctx() ctx: Context, @Root() message: Message): Promise<Conversation> {
    // Who sees a message sees its conversation: that was checked on the way to the message.
    const conversation = await ctx.load(conversationsByIds, message.conversationId);
    if (conversation === null) throw notFound("conversation", "conversation");
    return conversation;
  }

  @FieldResolver(() => User, { nullable: true, description: "Who wrote it; null for SYSTEM." })
  async sender(@Ctx() ctx: Context, @Root() message: Message): Promise<User | null> {
    return message.senderId === null ? null : ctx.load(users.byIds, message.senderId);
  }

  @FieldResolver(() => Message, { nullable: true, description: "The message that this one answers." })
  async replyTo(@Ctx() ctx: Context, @Root() message: Message): Promise<Message | null> {
    return message.replyToId === null ? null : ctx.load(byId, message.replyToId);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: "The message that this one repeats; null for those who may not see that one.",
  })
  async forwardedFrom(@Ctx() ctx: Context, @Root() message: Message): Promise<Message | null> {
    return message.forwardedFromId === null ? null : visibleOrNull(ctx, message.forwardedFromId);
  }

  @FieldResolver(() => MessageEditPage.Connection, {
    nullable: true,
    description:
      "What it said before, the latest first, of the last 100 edits; null for those who neither sent it nor moderate there.",
  })
  async editHistory(
    @Ctx() ctx: Context,
    @Root() message: Message,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<MessageEdit> | null> {
    return history(ctx, message, page);
  }

  @FieldResolver(() => [User], { description: "The members that its content names with `@username`." })
  async mentions(@Ctx() ctx: Context, @Root() message: Message): Promise<User[]> {
    return everybody(ctx, message.mentions ?? []);
  }

  @FieldResolver(() => [ReactionGroup], { description: "What people put under it, the oldest emoji first." })
  async reactions(@Ctx() ctx: Context, @Root() message: Message): Promise<ReactionGroup[]> {
    const groups = await ctx.load(reactions.ofMessages, message.id);
    return groups.map((group) => Object.assign(new ReactionGroup(), group));
  }

  @FieldResolver(() => String, {
    description:
      "The log's position of the latest change of this message, opaque: what a subscription's `after` takes.",
  })
  cursor(@Ctx() ctx: Context, @Root() message: Message): string {
    const { epoch } = ctx.services.database;
    return encodeCursor({ epoch, conversationId: message.conversationId, position: message.cursorPosition });
  }
}

async function everybody(ctx: Context, ids: readonly number[]): Promise<User[]> {
  const found = await Promise.all(ids.map((id) => ctx.load(users.byIds, id)));
  return found.filter((user) => user !== null);
}

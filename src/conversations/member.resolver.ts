import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { rowId } from "../kernel/ids.ts";
import { User } from "../users/user.ts";
import { byIds as usersByIds } from "../users/user.service.ts";
import * as conversations from "./conversation.service.ts";
import { Conversation } from "./conversation.ts";
import { Member, NOTIFICATION_LEVEL } from "./member.ts";
import { NotificationLevel, usualLevel } from "./notification-level.ts";
import { byIds } from "./reach.ts";

@InputType({ description: "Of what in a conversation the viewer wants to be notified." })
class SetNotificationLevelInput {
  @Field(() => ID, { description: "A conversation that the viewer is in." })
  conversationId!: string;

  @Field(() => NotificationLevel, {
    nullable: true,
    description: "Of what to be notified; null leaves it to the size: ALL up to 100 members, else MENTIONS.",
  })
  level?: NotificationLevel | null;
}

@ObjectType({ description: "The viewer in the conversation, as it is now." })
class SetNotificationLevelPayload {
  @Field(() => Member, { description: "The viewer in the conversation." })
  member!: Member;
}

@Resolver(() => Member)
export class MemberResolver {
  @FieldResolver(() => Conversation, { description: "What they are in." })
  async conversation(@Root() member: Member, @Ctx() ctx: Context): Promise<Conversation> {
    const conversation = await ctx.load(byIds, member.conversationId);
    if (conversation === null) throw notFound("id", "conversation");
    return conversation;
  }

  @FieldResolver(() => User, { description: "Who it is." })
  user(@Root() member: Member, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(usersByIds, member.userId);
  }

  @FieldResolver(() => NotificationLevel, { description: NOTIFICATION_LEVEL })
  async notificationLevel(@Root() member: Member, @Ctx() ctx: Context): Promise<NotificationLevel> {
    if (member.notificationLevel !== null && member.userId === ctx.me.userId) return member.notificationLevel;
    return usualLevel((await this.conversation(member, ctx)).memberCount);
  }

  @Mutation(() => SetNotificationLevelPayload, {
    description: "Sets of what in a conversation the viewer is notified.",
  })
  async setNotificationLevel(
    @Arg("input", () => SetNotificationLevelInput, { description: "Which conversation, and of what." })
    { conversationId, level }: SetNotificationLevelInput,
    @Ctx() ctx: Context,
  ): Promise<SetNotificationLevelPayload> {
    const id = rowId("conversation", conversationId, "conversationId");
    return { member: await conversations.setNotificationLevel(ctx, id, level ?? null) };
  }
}

import { Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { Message } from "../messages/message.ts";
import { User } from "../users/user.ts";
import { Viewer } from "../users/viewer.ts";
import { NotificationPage } from "./notification-page.ts";
import * as notifications from "./notification.service.ts";
import { Notification, NotificationType } from "./notification.ts";
import * as wording from "./wording.ts";

@ArgsType()
class NotificationsArgs extends PageArgs {
  @Field(() => NotificationType, { nullable: true, description: "Only those of one type." })
  type?: NotificationType | null;

  @Field(() => Boolean, { nullable: true, description: "Only those that are unread." })
  unreadOnly?: boolean | null;
}

@ObjectType({ description: "How many notifications of a type the viewer has." })
class NotificationCounts {
  @Field(() => NotificationType, { description: "Of which type." })
  type!: NotificationType;

  @Field(() => Int, { description: "How many." })
  total!: number;

  @Field(() => Int, { description: "How many of them are unread." })
  unread!: number;
}

@Resolver(() => Viewer)
export class ViewerNotificationsResolver {
  @FieldResolver(() => NotificationPage.Connection, {
    description:
      "What the viewer is to know, the latest first. Kept for 30 days once read, else for 90, and at most 1,000 of them.",
  })
  notifications(
    @Args(() => NotificationsArgs) { type, unreadOnly, ...page }: NotificationsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<Notification>> {
    return notifications.list(ctx, { type, unreadOnly }, page);
  }

  @FieldResolver(() => Int, {
    description: "How many notifications are unread. A conversation's messages together are one.",
  })
  unreadNotificationCount(@Ctx() ctx: Context): Promise<number> {
    return notifications.unreadCount(ctx);
  }

  @FieldResolver(() => [NotificationCounts], {
    description: "How many notifications the viewer has, by type; types of which there is none are left out.",
  })
  notificationCounts(@Ctx() ctx: Context): Promise<NotificationCounts[]> {
    return notifications.counts(ctx);
  }
}

@Resolver(() => Notification)
export class NotificationResolver {
  @FieldResolver(() => String, {
    description:
      "In a line: `Ann`, `Ann in Tea`, `Ann mentioned you in Tea`; of a SYSTEM or BROADCAST what its author wrote.",
  })
  title(@Root() notification: Notification, @Ctx() ctx: Context): Promise<string> {
    return wording.titleOf(ctx, notification);
  }

  @FieldResolver(() => String, {
    description:
      "The text. Of a message its first 200 characters as they are now: empty once it is deleted or recalled, and never those " +
      "of an encrypted one.",
  })
  content(@Root() notification: Notification, @Ctx() ctx: Context): Promise<string> {
    return wording.contentOf(ctx, notification);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: "Who did it: of several messages, who wrote the last one. Null where nobody did.",
  })
  actor(@Root() notification: Notification, @Ctx() ctx: Context): Promise<User | null> {
    return wording.actorOf(ctx, notification);
  }

  @FieldResolver(() => Conversation, {
    nullable: true,
    description: "Where it was; null where it was nowhere, or where the viewer cannot see any more.",
  })
  conversation(@Root() notification: Notification, @Ctx() ctx: Context): Promise<Conversation | null> {
    return wording.conversationOf(ctx, notification);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description:
      "The message, of several the last one; null where it is about none, or the viewer cannot see it any more.",
  })
  message(@Root() notification: Notification, @Ctx() ctx: Context): Promise<Message | null> {
    return wording.messageOf(ctx, notification);
  }
}

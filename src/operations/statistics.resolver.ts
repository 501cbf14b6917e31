import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { conversationStats } from "./conversation-stats.ts";
import * as server from "./server-stats.ts";
import { ChatStats, ConversationStats, ServerStats, TopSender, UserStats } from "./statistics.ts";
import { userStats } from "./user-stats.ts";

const DAYS = { defaultValue: 30, description: "How many days, today included: 1-90." };

@Resolver()
export class StatisticsResolver {
  @Query(() => ChatStats, { description: "How much is going on at this server." })
  chatStats(@Ctx() ctx: Context): Promise<ChatStats> {
    return server.chatStats(ctx);
  }

  @Query(() => ServerStats, { description: "How much is going on at this server, day by day. For administrators." })
  serverStats(@Arg("days", () => Int, DAYS) days: number, @Ctx() ctx: Context): Promise<ServerStats> {
    return server.serverStats(ctx, days);
  }

  @Query(() => ConversationStats, {
    description: "How much is going on in a conversation, for who moderates it, and for the two of a direct one.",
  })
  conversationStats(
    @Arg("conversationId", () => ID, { description: "Which one: conv_7." }) conversationId: string,
    @Arg("days", () => Int, DAYS) days: number,
    @Ctx() ctx: Context,
  ): Promise<ConversationStats> {
    return conversationStats(ctx, rowId("conversation", conversationId, "conversationId"), days);
  }

  @Query(() => UserStats, { description: "How much somebody does here: the viewer, or for administrators anybody." })
  userStats(
    @Arg("userId", () => ID, { nullable: true, description: "Whose: user_1; the viewer's where it is left out." })
    userId: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<UserStats> {
    return userStats(ctx, userId == null ? null : rowId("user", userId, "userId"));
  }
}

@Resolver(() => TopSender)
export class TopSenderResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Root() { userId }: TopSender, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, userId);
  }
}

@Resolver(() => UserStats)
export class UserStatsResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Root() { userId }: UserStats, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, userId);
  }
}

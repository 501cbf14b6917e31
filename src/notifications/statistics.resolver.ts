import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { NotificationType } from "./notification.ts";
import { statistics, STATISTICS_DAYS_MAXIMUM } from "./statistics.ts";

@ObjectType({ description: "How many notifications of a type were made lately." })
class NotificationStats {
  @Field(() => NotificationType, { description: "Of which type." })
  type!: NotificationType;

  @Field(() => Int, { description: "How many were made or counted up, and not deleted since." })
  sent!: number;

  @Field(() => Int, { description: "How many of them were read." })
  read!: number;
}

@Resolver()
export class NotificationStatisticsResolver {
  @Query(() => [NotificationStats], {
    description:
      "How many notifications were made lately, by type; types of which there was none are left out. For administrators.",
  })
  notificationStats(
    @Arg("days", () => Int, {
      defaultValue: 7,
      description: `How many days to look back, 1-${STATISTICS_DAYS_MAXIMUM}.`,
    })
    days: number,
    @Ctx() ctx: Context,
  ): Promise<NotificationStats[]> {
    return statistics(ctx, days);
  }
}

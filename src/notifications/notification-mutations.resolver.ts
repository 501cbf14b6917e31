import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import * as notifications from "./notification.service.ts";
import { NAMED_MAXIMUM } from "./notification.service.ts";
import { Notification, NotificationType } from "./notification.ts";

@InputType({ description: "Which notifications the viewer has read: give ids or all." })
class MarkNotificationsReadInput {
  @Field(() => [ID], {
    nullable: true,
    description: `Notifications of the viewer's, at most ${NAMED_MAXIMUM}: notif_1. All of them are marked, or none.`,
  })
  ids?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "True for all of them." })
  all?: boolean | null;

  @Field(() => NotificationType, { nullable: true, description: "With all: only those of one type." })
  type?: NotificationType | null;
}

@InputType({ description: "Which notifications are to go: give ids or allRead." })
class DeleteNotificationsInput {
  @Field(() => [ID], {
    nullable: true,
    description: `Notifications of the viewer's, at most ${NAMED_MAXIMUM}: notif_1. All of them are deleted, or none.`,
  })
  ids?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "True for all that are read." })
  allRead?: boolean | null;

  @Field(() => NotificationType, { nullable: true, description: "With allRead: only those of one type." })
  type?: NotificationType | null;
}

@ObjectType({ description: "What was marked as read." })
class MarkNotificationsReadPayload {
  @Field(() => [Notification], { description: "Those that were named by ids, as they are now; with all, none." })
  notifications!: Notification[];

  @Field(() => Int, { description: "How many were unread until now." })
  markedCount!: number;

  @Field(() => Int, { description: "How many are unread now." })
  unreadNotificationCount!: number;
}

@ObjectType({ description: "What was deleted." })
class DeleteNotificationsPayload {
  @Field(() => [ID], { description: "Those that were named by ids; with allRead, none." })
  deletedIds!: string[];

  @Field(() => Int, { description: "How many were deleted." })
  deletedCount!: number;
}

@Resolver()
export class NotificationMutations {
  @Mutation(() => MarkNotificationsReadPayload, {
    description:
      "Marks notifications as read. Those of a conversation's messages are read with the conversation: markRead.",
  })
  async markNotificationsRead(
    @Arg("input", () => MarkNotificationsReadInput, { description: "Which ones." }) input: MarkNotificationsReadInput,
    @Ctx() ctx: Context,
  ): Promise<MarkNotificationsReadPayload> {
    const chosen = choose(input.ids, input.all, input.type, "all");
    const markedCount = await notifications.markRead(ctx, chosen);
    const named = "ids" in chosen ? await notifications.ownByIds(ctx, chosen.ids) : [];
    return {
      notifications: named.filter((notification) => notification !== null),
      markedCount,
      unreadNotificationCount: await notifications.unreadCount(ctx),
    };
  }

  @Mutation(() => DeleteNotificationsPayload, { description: "Deletes notifications." })
  async deleteNotifications(
    @Arg("input", () => DeleteNotificationsInput, { description: "Which ones." }) input: DeleteNotificationsInput,
    @Ctx() ctx: Context,
  ): Promise<DeleteNotificationsPayload> {
    const chosen = choose(input.ids, input.allRead, input.type, "allRead");
    const deletedCount = await notifications.remove(ctx, chosen);
    const deletedIds = "ids" in chosen ? chosen.ids.map((id) => globalId("notification", id)) : [];
    return { deletedIds, deletedCount };
  }
}

/** Ids, or everything that a flag stands for. @throws BAD_USER_INPUT for both and for neither */
function choose(
  ids: string[] | null | undefined,
  everything: boolean | null | undefined,
  type: NotificationType | null | undefined,
  flag: string,
): notifications.Chosen {
  if (ids != null && everything !== true && type == null) {
    return { ids: [...new Set(ids.map((id) => rowId("notification", id, "ids")))] };
  }
  if (ids == null && everything === true) return { type: type ?? null };
  throw badInput("ids", `Give ids or ${flag}, one of the two; a type only with ${flag}.`);
}

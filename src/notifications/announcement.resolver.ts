import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { UserRole } from "../users/user.ts";
import * as announcements from "./announcement.service.ts";
import { NotificationTemplate } from "./notification-template.ts";
import { NotificationType } from "./notification.ts";
import * as templates from "./template.service.ts";

@InputType({
  description: "Whom to notify of what: one of userIds, roles and everybody; a template, or words of one's own.",
})
class SendNotificationInput {
  @Field(() => [ID], { nullable: true, description: "Users: user_1; 1 to 1,000 of them." })
  userIds?: string[] | null;

  @Field(() => [UserRole], { nullable: true, description: "Everybody of these roles." })
  roles?: UserRole[] | null;

  @Field(() => Boolean, { nullable: true, description: "True for everybody." })
  everybody?: boolean | null;

  @Field(() => ID, { nullable: true, description: "A template: template_1. Then no type, title and content." })
  templateId?: string | null;

  @Field(() => Json, {
    nullable: true,
    description:
      "What stands for the template's placeholders: an object of at most 50 texts and numbers, each of at most 500 characters.",
  })
  values?: unknown;

  @Field(() => NotificationType, { nullable: true, description: "SYSTEM, which it is unless told, or BROADCAST." })
  type?: NotificationType | null;

  @Field(() => String, { nullable: true, description: "The title; 1-200 characters." })
  title?: string | null;

  @Field(() => String, { nullable: true, description: "The text; at most 2,000 characters." })
  content?: string | null;

  @Field(() => Json, { nullable: true, description: "For programs: any JSON value of at most 4,096 bytes." })
  data?: unknown;
}

@ObjectType({ description: "The notification that is on its way." })
class SendNotificationPayload {
  @Field(() => Int, { description: "How many users it goes to. Who wants none of its type gets none." })
  recipientCount!: number;
}

@InputType({ description: "A template to make, or to change." })
class SaveNotificationTemplateInput {
  @Field(() => ID, { nullable: true, description: "The one to change: template_1; without it a new one is made." })
  templateId?: string | null;

  @Field(() => String, { description: "What to call it; unique, 1-100 characters." })
  name!: string;

  @Field(() => NotificationType, {
    defaultValue: NotificationType.SYSTEM,
    description: "The type of what is made of it: SYSTEM or BROADCAST.",
  })
  type!: NotificationType;

  @Field(() => String, {
    description: "The title; 1-200 characters, filled in as before. `{{name}}` is a placeholder.",
  })
  title!: string;

  @Field(() => String, {
    description: "The text; at most 2,000 characters, filled in as before. `{{name}}` is a placeholder.",
  })
  content!: string;
}

@ObjectType({ description: "The template as it is now." })
class SaveNotificationTemplatePayload {
  @Field(() => NotificationTemplate, { description: "The template." })
  notificationTemplate!: NotificationTemplate;
}

@InputType({ description: "Which template is to go." })
class DeleteNotificationTemplateInput {
  @Field(() => ID, { description: "A template: template_1." })
  templateId!: string;
}

@ObjectType({ description: "The template that is no more." })
class DeleteNotificationTemplatePayload {
  @Field(() => ID, { description: "The global id that the template had." })
  templateId!: string;
}

@Resolver()
export class AnnouncementResolver {
  @Query(() => [NotificationTemplate], { description: "All templates, by name. For administrators." })
  notificationTemplates(@Ctx() ctx: Context): Promise<NotificationTemplate[]> {
    return templates.list(ctx);
  }

  @Mutation(() => SendNotificationPayload, { description: "Notifies users. For administrators." })
  async sendNotification(
    @Arg("input", () => SendNotificationInput, { description: "Whom, and of what." }) {
      userIds,
      templateId,
      ...said
    }: SendNotificationInput,
    @Ctx() ctx: Context,
  ): Promise<SendNotificationPayload> {
    const recipientCount = await announcements.send(ctx, {
      ...said,
      userIds: userIds?.map((id) => rowId("user", id, "userIds")),
      templateId: templateId == null ? null : rowId("notificationTemplate", templateId, "templateId"),
    });
    return { recipientCount };
  }

  @Mutation(() => SaveNotificationTemplatePayload, {
    description: "Makes a template, or changes one. For administrators.",
  })
  async saveNotificationTemplate(
    @Arg("input", () => SaveNotificationTemplateInput, { description: "What it is to say." }) {
      templateId,
      ...said
    }: SaveNotificationTemplateInput,
    @Ctx() ctx: Context,
  ): Promise<SaveNotificationTemplatePayload> {
    const id = templateId == null ? null : rowId("notificationTemplate", templateId, "templateId");
    return { notificationTemplate: await templates.save(ctx, { ...said, id }) };
  }

  @Mutation(() => DeleteNotificationTemplatePayload, {
    description: "Deletes a template; what was sent with it stays. For administrators.",
  })
  async deleteNotificationTemplate(
    @Arg("input", () => DeleteNotificationTemplateInput, { description: "Which one." })
    input: DeleteNotificationTemplateInput,
    @Ctx() ctx: Context,
  ): Promise<DeleteNotificationTemplatePayload> {
    const id = rowId("notificationTemplate", input.templateId, "templateId");
    await templates.remove(ctx, id);
    return { templateId: globalId("notificationTemplate", id) };
  }
}

import { Arg, Ctx, Field, FieldResolver, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { Viewer } from "../users/viewer.ts";
import { NotificationType } from "./notification.ts";
import * as preferences from "./preferences.service.ts";
import { timeOf } from "./quiet-hours.ts";

/** Changes of types that one call asks for, at the most: more than there are types. */
export const TYPE_CHANGES_MAXIMUM = 20;

@ObjectType({ description: "How the viewer is notified of one type." })
class NotificationTypePreference {
  @Field(() => NotificationType, { description: "Of which type." })
  type!: NotificationType;

  @Field(() => Boolean, { description: "Whether notifications are made at all: of none that is made, none is pushed." })
  inApp!: boolean;

  @Field(() => Boolean, { description: "Whether they are pushed to the viewer's browsers." })
  push!: boolean;
}

@ObjectType({ description: "Hours of each day in which nothing is pushed. Notifications are made as ever." })
class QuietHours {
  @Field(() => String, { description: "The first quiet minute, by the clock there: 22:00." })
  start!: string;

  @Field(() => String, {
    description: "The first minute that is not quiet: 07:30. Before start, it is the next day's.",
  })
  end!: string;

  @Field(() => String, { description: "Whose clock: the IANA name of a time zone, Europe/Berlin." })
  timeZone!: string;
}

@ObjectType({ description: "How the viewer wants to be notified." })
class NotificationPreferences {
  @Field(() => Boolean, { description: "Whether anything is pushed at all." })
  push!: boolean;

  @Field(() => [NotificationTypePreference], { description: "By type, each of them once." })
  types!: readonly NotificationTypePreference[];

  @Field(() => QuietHours, {
    nullable: true,
    description: "When nothing is pushed; null where there are no such hours.",
  })
  quietHours!: QuietHours | null;
}

@InputType({ description: "What is to change of one type; what is left out stays." })
class NotificationTypePreferenceInput {
  @Field(() => NotificationType, { description: "Of which type." })
  type!: NotificationType;

  @Field(() => Boolean, { nullable: true, description: "Whether notifications are made at all." })
  inApp?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether they are pushed." })
  push?: boolean | null;
}

@InputType({ description: "Hours of each day in which nothing is to be pushed." })
class QuietHoursInput {
  @Field(() => String, { description: "The first quiet minute, 00:00 to 23:59." })
  start!: string;

  @Field(() => String, {
    description: "The first minute that is not quiet, 00:00 to 23:59; before start, it is the next day's.",
  })
  end!: string;

  @Field(() => String, { description: "The IANA name of a time zone: Europe/Berlin. Its summer time is followed." })
  timeZone!: string;
}

@InputType({ description: "What is to change; what is left out stays." })
class UpdateNotificationPreferencesInput {
  @Field(() => Boolean, { nullable: true, description: "Whether anything is pushed at all." })
  push?: boolean | null;

  @Field(() => [NotificationTypePreferenceInput], {
    nullable: true,
    description: `Changes by type, at most ${TYPE_CHANGES_MAXIMUM}; types that are left out stay.`,
  })
  types?: NotificationTypePreferenceInput[] | null;

  @Field(() => QuietHoursInput, { nullable: true, description: "New quiet hours; null ends them." })
  quietHours?: QuietHoursInput | null;
}

@ObjectType({ description: "How the viewer wants to be notified." })
class UpdateNotificationPreferencesPayload {
  @Field(() => NotificationPreferences, { description: "As it is now." })
  notificationPreferences!: NotificationPreferences;
}

@Resolver(() => Viewer)
export class PreferencesResolver {
  @FieldResolver(() => NotificationPreferences, { description: "How the viewer wants to be notified." })
  async notificationPreferences(@Ctx() ctx: Context): Promise<NotificationPreferences> {
    return shown(await preferences.preferences(ctx));
  }

  @Mutation(() => UpdateNotificationPreferencesPayload, {
    description: "Changes how the viewer is notified from now on.",
  })
  async updateNotificationPreferences(
    @Arg("input", () => UpdateNotificationPreferencesInput, { description: "What is to change." })
    input: UpdateNotificationPreferencesInput,
    @Ctx() ctx: Context,
  ): Promise<UpdateNotificationPreferencesPayload> {
    if ((input.types ?? []).length > TYPE_CHANGES_MAXIMUM) {
      throw badInput("types", `types may have at most ${TYPE_CHANGES_MAXIMUM} items.`, TYPE_CHANGES_MAXIMUM);
    }
    return { notificationPreferences: shown(await preferences.update(ctx, input)) };
  }
}

function shown({ push, types, quietHours }: preferences.Preferences): NotificationPreferences {
  if (quietHours === null) return { push, types, quietHours };
  const { from, to, timeZone } = quietHours;
  return { push, types, quietHours: { start: timeOf(from), end: timeOf(to), timeZone } };
}

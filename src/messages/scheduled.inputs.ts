import { Field, ID, InputType, ObjectType } from "type-graphql";

import { SendMessageInput } from "./message.inputs.ts";
import { ScheduledMessage } from "./scheduled-message.ts";
import { SCHEDULED_ID_MAXIMUM } from "./scheduled.service.ts";

@InputType({ description: "What scheduleMessage takes: what sendMessage takes, and a time." })
export class ScheduleMessageInput extends SendMessageInput {
  @Field(() => Date, { description: "When to send it: 1 minute to 365 days from now." })
  sendAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      `The viewer's own name for it, 1-${SCHEDULED_ID_MAXIMUM} characters. The same again returns the first one; other content, ` +
      "and what was sent already, is CONFLICT. The message will bear it behind `scheduled:`.",
  })
  declare clientMessageId?: string | null;
}

@InputType({ description: "What editScheduledMessage takes; what is left out stays as it is." })
export class EditScheduledMessageInput {
  @Field(() => ID, { description: "The scheduled message." })
  scheduledMessageId!: string;

  @Field(() => String, { nullable: true, description: "What it is to say; as of sendMessage." })
  content?: string | null;

  @Field(() => Date, {
    nullable: true,
    description: "When to send it: 1 minute to 365 days from now. One that FAILED needs a new time.",
  })
  sendAt?: Date | null;
}

@InputType({ description: "What cancelScheduledMessage takes." })
export class CancelScheduledMessageInput {
  @Field(() => ID, { description: "The scheduled message." })
  scheduledMessageId!: string;
}

@ObjectType({ description: "What scheduleMessage made." })
export class ScheduleMessagePayload {
  @Field(() => ScheduledMessage, { description: "The scheduled message." })
  scheduledMessage!: ScheduledMessage;
}

@ObjectType({ description: "What editScheduledMessage changed." })
export class EditScheduledMessagePayload {
  @Field(() => ScheduledMessage, { description: "The scheduled message as it is now." })
  scheduledMessage!: ScheduledMessage;
}

@ObjectType({ description: "What cancelScheduledMessage changed." })
export class CancelScheduledMessagePayload {
  @Field(() => ID, { description: "The id of what is scheduled no more." })
  scheduledMessageId!: string;
}

import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { tellUsers } from "../realtime/events.ts";

/** What became of a scheduled message. */
export enum ScheduledMessageChange {
  SCHEDULED = "SCHEDULED",
  EDITED = "EDITED",
  CANCELLED = "CANCELLED",
  SENT = "SENT",
  FAILED = "FAILED",
}
registerEnumType(ScheduledMessageChange, {
  name: "ScheduledMessageChange",
  description: "What became of a scheduled message.",
  valuesConfig: {
    SCHEDULED: { description: "It waits for its time." },
    EDITED: { description: "It says something else, or has another time." },
    CANCELLED: { description: "It is no more." },
    SENT: { description: "It was sent, and is scheduled no more: see `message`." },
    FAILED: { description: "It was refused when its time came: see its `failureCode`." },
  },
});

/** As the bus carries it. */
interface ScheduledNews {
  readonly change: `${ScheduledMessageChange}`;
  readonly id: number;
  /** The message that it became. */
  readonly messageId: number | null;
}

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** Something became of a message that the receiver has scheduled. */
    scheduledMessage: ScheduledNews;
  }
}

@ObjectType({ description: "Something became of a message that the viewer has scheduled." })
export class ScheduledMessageEvent {
  @Field(() => ScheduledMessageChange, { description: "What." })
  readonly change: ScheduledMessageChange;

  @Field(() => ID, { description: "The scheduled message's global id, which outlives it." })
  readonly scheduledMessageId: string;

  /** The scheduled message's number. */
  readonly of: number;
  readonly messageId: number | null;

  constructor({ change, id, messageId }: ScheduledNews) {
    this.change = ScheduledMessageChange[change];
    this.scheduledMessageId = globalId("scheduledMessage", id);
    this.of = id;
    this.messageId = messageId;
  }
}

/** Tells whoever scheduled it, on all of their devices, after the commit. */
export function tellOwner(
  tx: Context,
  { id, userId }: { readonly id: number; readonly userId: number },
  change: `${ScheduledMessageChange}`,
  messageId: number | null = null,
): void {
  tellUsers(tx, [userId], { type: "scheduledMessage", change, id, messageId });
}

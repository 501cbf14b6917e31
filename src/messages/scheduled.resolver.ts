import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root, Subscription } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { reachable } from "../conversations/reach.ts";
import { File } from "../files/file.ts";
import { visibleByIds as visibleFiles } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { Viewer } from "../users/viewer.ts";
import { Message } from "./message.ts";
import { visibleOrNull } from "./reach.ts";
import { ScheduledMessageEvent } from "./scheduled-event.ts";
import { ScheduledMessage } from "./scheduled-message.ts";
import {
  CancelScheduledMessageInput,
  CancelScheduledMessagePayload,
  EditScheduledMessageInput,
  EditScheduledMessagePayload,
  ScheduleMessageInput,
  ScheduleMessagePayload,
} from "./scheduled.inputs.ts";
import * as scheduling from "./scheduled.service.ts";
import { toldByClient } from "./told-by-client.ts";

@Resolver(() => ScheduledMessage)
export class ScheduledMessageResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description: "Where it is to be sent; null where the viewer cannot see it any more.",
  })
  conversation(@Ctx() ctx: Context, @Root() { conversationId }: ScheduledMessage): Promise<Conversation | null> {
    return ctx.load(reachable, conversationId);
  }

  @FieldResolver(() => Message, { nullable: true, description: "The message that it will answer." })
  async replyTo(@Ctx() ctx: Context, @Root() { replyToId }: ScheduledMessage): Promise<Message | null> {
    return replyToId === null ? null : visibleOrNull(ctx, replyToId);
  }

  @FieldResolver(() => File, {
    nullable: true,
    description: "What it will carry; null where the viewer cannot see it any more.",
  })
  async file(@Ctx() ctx: Context, @Root() { fileId }: ScheduledMessage): Promise<File | null> {
    return fileId === null ? null : ctx.load(visibleFiles, fileId);
  }

  @Mutation(() => ScheduleMessagePayload, {
    description:
      "Has a message sent at a time, once, though the viewer be away. Whether they may write is asked again then. At most " +
      `${scheduling.SCHEDULED_MAXIMUM} a person, else CONFLICT.`,
  })
  async scheduleMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => ScheduleMessageInput, { description: "The message, and when." }) input: ScheduleMessageInput,
  ): Promise<ScheduleMessagePayload> {
    return { scheduledMessage: await scheduling.schedule(ctx, { ...toldByClient(input), sendAt: input.sendAt }) };
  }

  @Mutation(() => EditScheduledMessagePayload, {
    description: "Changes what a scheduled message says, or when it is sent; CONFLICT while it is being sent.",
  })
  async editScheduledMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => EditScheduledMessageInput, { description: "Which, and what is to be different." })
    { scheduledMessageId, content, sendAt }: EditScheduledMessageInput,
  ): Promise<EditScheduledMessagePayload> {
    const id = rowId("scheduledMessage", scheduledMessageId, "scheduledMessageId");
    return {
      scheduledMessage: await scheduling.edit(ctx, { id, content: content ?? null, sendAt: sendAt ?? null }),
    };
  }

  @Mutation(() => CancelScheduledMessagePayload, {
    description: "Takes a scheduled message back; NOT_FOUND once it is sent, CONFLICT while it is being sent.",
  })
  async cancelScheduledMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => CancelScheduledMessageInput, { description: "Which." })
    { scheduledMessageId }: CancelScheduledMessageInput,
  ): Promise<CancelScheduledMessagePayload> {
    await scheduling.cancel(ctx, rowId("scheduledMessage", scheduledMessageId, "scheduledMessageId"));
    return { scheduledMessageId };
  }

  @Subscription(() => ScheduledMessageEvent, {
    description: "What becomes of the viewer's scheduled messages, on any of their devices and when their time comes.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "scheduledMessage" ? new ScheduledMessageEvent(told) : null;
          },
        },
      ),
  })
  scheduledMessageChanged(@Root() event: ScheduledMessageEvent): ScheduledMessageEvent {
    return event;
  }
}

@Resolver(() => ScheduledMessageEvent)
export class ScheduledMessageEventResolver {
  @FieldResolver(() => ScheduledMessage, {
    nullable: true,
    description: "The scheduled message as it is now; null once it was sent or cancelled.",
  })
  scheduledMessage(@Ctx() ctx: Context, @Root() { of }: ScheduledMessageEvent): Promise<ScheduledMessage | null> {
    return ctx.load(scheduling.ownByIds, of);
  }

  @FieldResolver(() => Message, { nullable: true, description: "The message that it became; null unless it was SENT." })
  async message(@Ctx() ctx: Context, @Root() { messageId }: ScheduledMessageEvent): Promise<Message | null> {
    return messageId === null ? null : visibleOrNull(ctx, messageId);
  }
}

@Resolver(() => Viewer)
export class ViewerScheduledMessagesResolver {
  @FieldResolver(() => scheduling.ScheduledMessagePage.Connection, {
    description: "What the viewer has scheduled, the next one first, with what failed.",
  })
  scheduledMessages(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<ScheduledMessage>> {
    return scheduling.list(ctx, page);
  }
}

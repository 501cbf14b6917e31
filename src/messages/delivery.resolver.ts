import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";

import { Member } from "../conversations/member.ts";
import { ofViewer } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import type { ConversationEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import type { MessageChange } from "./change.ts";
import { markDelivered } from "./delivery-mark.service.ts";
import { liveScope } from "./live-scope.ts";

@InputType({ description: "What markDelivered takes." })
class MarkDeliveredInput {
  @Field(() => ID, { description: "The conversation whose messages have come." })
  conversationId!: string;

  @Field(() => Int, { description: "The seq of the last message that has come." })
  seq!: number;
}

@ObjectType({ description: "What markDelivered changed." })
class MarkDeliveredPayload {
  @Field(() => Member, { description: "The viewer's membership, with its lastDeliveredSeq." })
  member!: Member;
}

@ObjectType({ description: "Messages have reached a device of a member." })
export class DeliveryEvent {
  @Field(() => ID, { description: "Where." })
  conversationId!: string;

  @Field(() => Int, { description: "The seq of the last message that has come." })
  seq!: number;

  @Field(() => Date, { description: "When." })
  deliveredAt!: Date;

  userId!: number;
}

@Resolver(() => DeliveryEvent)
export class DeliveryEventResolver {
  @FieldResolver(() => User, { description: "Who." })
  user(@Ctx() ctx: Context, @Root() event: DeliveryEvent): Promise<User> {
    return ctx.load(users.byIds, event.userId);
  }
}

@Resolver(() => Member)
export class DeliveryResolver {
  @FieldResolver(() => Int, {
    description: "The seq up to which messages have reached one of the member's devices; what was read was delivered.",
  })
  lastDeliveredSeq(@Root() member: Member): number {
    return Math.max(member.lastDeliveredSeq, member.lastReadSeq);
  }

  @FieldResolver(() => Date, { nullable: true, description: "When lastDeliveredSeq last moved." })
  lastDeliveredAt(@Root() member: Member): Date | null {
    return member.lastDeliveredSeq > member.lastReadSeq ? member.lastDeliveredAt : member.lastReadAt;
  }

  @Mutation(() => MarkDeliveredPayload, {
    description:
      "Tells the others that messages up to one have reached a device of the viewer's; never back. Once for what came together " +
      "is enough, and markRead says it too.",
  })
  async markDelivered(
    @Ctx() ctx: Context,
    @Arg("input", () => MarkDeliveredInput, { description: "Where, and how far." }) input: MarkDeliveredInput,
  ): Promise<MarkDeliveredPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    await markDelivered(ctx, { conversationId, seq: input.seq });
    const member = await ctx.load(ofViewer, conversationId);
    if (member === null) throw notFound("conversationId", "conversation");
    return { member };
  }

  @Subscription(() => DeliveryEvent, {
    description: "How far messages have reached members, as they tell it. Reading is told by messagesRead alone.",
    subscribe: ({ args }: { args: Record<string, unknown> }) =>
      new LiveSource<MessageChange>(liveScope(args), {
        onPassing: (event) => deliveryEvent(event as ConversationEvent),
      }),
  })
  messagesDelivered(
    @Root() event: DeliveryEvent,
    @Arg("conversationId", () => ID, {
      nullable: true,
      description: "Only this conversation; without it all of the viewer's conversations.",
    })
    _conversationId: string | null,
  ): DeliveryEvent {
    return event;
  }
}

function deliveryEvent(event: ConversationEvent): DeliveryEvent | null {
  if (event.type !== "delivered") return null;
  return Object.assign(new DeliveryEvent(), {
    conversationId: globalId("conversation", event.conversationId),
    userId: event.userId,
    seq: event.seq,
    deliveredAt: new Date(event.deliveredAt),
  });
}

import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { demandInside } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { Message } from "./message.ts";
import * as pins from "./pin.service.ts";

@InputType({ description: "What pinMessage takes." })
class PinMessageInput {
  @Field(() => ID, { description: "The message to pin." })
  messageId!: string;
}

@InputType({ description: "What unpinMessage takes." })
class UnpinMessageInput {
  @Field(() => ID, { description: "The message to take off." })
  messageId!: string;
}

@ObjectType({ description: "What pinMessage changed." })
class PinMessagePayload {
  @Field(() => Message, { description: "The message, which is pinned now." })
  message!: Message;
}

@ObjectType({ description: "What unpinMessage changed." })
class UnpinMessagePayload {
  @Field(() => Message, { description: "The message, which is pinned no more." })
  message!: Message;
}

@Resolver(() => Message)
export class PinResolver {
  @FieldResolver(() => User, { nullable: true, description: "Who pinned it; null where it is not pinned." })
  async pinnedBy(@Ctx() ctx: Context, @Root() message: Message): Promise<User | null> {
    return message.pinnedById === null ? null : ctx.load(users.byIdsOrNull, message.pinnedById);
  }

  @Mutation(() => PinMessagePayload, {
    description:
      "Pins a message to its conversation: moderators do in a room or group, both of the two in a direct one. At most " +
      `${pins.PINS_MAXIMUM} a conversation, else CONFLICT.`,
  })
  async pinMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => PinMessageInput, { description: "The message." }) input: PinMessageInput,
  ): Promise<PinMessagePayload> {
    return { message: await pins.pin(ctx, { messageId: rowId("message", input.messageId, "messageId") }) };
  }

  @Mutation(() => UnpinMessagePayload, { description: "Takes a pinned message off, by whoever may pin there." })
  async unpinMessage(
    @Ctx() ctx: Context,
    @Arg("input", () => UnpinMessageInput, { description: "The message." }) input: UnpinMessageInput,
  ): Promise<UnpinMessagePayload> {
    return { message: await pins.unpin(ctx, { messageId: rowId("message", input.messageId, "messageId") }) };
  }
}

@Resolver(() => Conversation)
export class PinnedMessagesResolver {
  @FieldResolver(() => [Message], {
    description: `What is pinned to it, the latest pin first; at most ${pins.PINS_MAXIMUM}.`,
  })
  async pinnedMessages(@Ctx() ctx: Context, @Root() conversation: Conversation): Promise<Message[]> {
    demandInside(conversation);
    return ctx.load(pins.pinned, conversation.id);
  }
}

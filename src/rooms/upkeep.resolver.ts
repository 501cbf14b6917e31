import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";

import { Conversation, RoomVisibility } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as upkeep from "./upkeep.service.ts";

@InputType({ description: "What of a room or group is to be different; what is left out stays as it is." })
class UpdateConversationInput {
  @Field(() => ID, { description: "A room or group." })
  conversationId!: string;

  @Field(() => String, { nullable: true, description: "Its name; 1-100 characters. Null: as it is." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What it is about; at most 1,000 characters. Null removes it.",
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the picture, http or https; at most 2,048 characters. Null removes it.",
  })
  avatarUrl?: string | null;

  @Field(() => RoomVisibility, {
    nullable: true,
    description: "Who finds it; of rooms only, for owners. Null: as it is.",
  })
  visibility?: RoomVisibility | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many people it takes: 2-100,000, and no fewer than are in it. Null: as it is.",
  })
  maxMembers?: number | null;
}

@ObjectType({ description: "The conversation that was changed." })
class UpdateConversationPayload {
  @Field(() => Conversation, { description: "The conversation as it is now." })
  conversation!: Conversation;
}

@InputType({ description: "Which conversation." })
class DeleteConversationInput {
  @Field(() => ID, { description: "A room or group that the viewer owns." })
  conversationId!: string;
}

@ObjectType({ description: "What is no more." })
class DeleteConversationPayload {
  @Field(() => ID, { description: "The global id that the conversation had." })
  conversationId!: string;
}

@Resolver()
export class UpkeepResolver {
  @Mutation(() => UpdateConversationPayload, { description: "Changes the settings of a room or group." })
  async updateConversation(
    @Arg("input", () => UpdateConversationInput, { description: "What to change." }) input: UpdateConversationInput,
    @Ctx() ctx: Context,
  ): Promise<UpdateConversationPayload> {
    const id = rowId("conversation", input.conversationId, "conversationId");
    return { conversation: await upkeep.update(ctx, id, input) };
  }

  @Mutation(() => DeleteConversationPayload, {
    description: "Deletes a room or group with its messages, for good. Everybody in it is told.",
  })
  async deleteConversation(
    @Arg("input", () => DeleteConversationInput, { description: "Which conversation." })
    { conversationId }: DeleteConversationInput,
    @Ctx() ctx: Context,
  ): Promise<DeleteConversationPayload> {
    await upkeep.remove(ctx, rowId("conversation", conversationId, "conversationId"));
    return { conversationId };
  }
}

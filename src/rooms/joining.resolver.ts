import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import { Conversation, Room } from "../conversations/conversation.ts";
import { Member } from "../conversations/member.ts";
import { visible } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as joining from "./joining.service.ts";
import * as people from "./people.service.ts";

@InputType({ description: "Which room." })
class JoinRoomInput {
  @Field(() => ID, { description: "A PUBLIC room." })
  roomId!: string;
}

@ObjectType({ description: "The room that the viewer is in now." })
class JoinRoomPayload {
  @Field(() => Room, { description: "The room." })
  room!: Room;
}

@InputType({ description: "Which conversation." })
class LeaveConversationInput {
  @Field(() => ID, { description: "A room or group that the viewer is in." })
  conversationId!: string;
}

@ObjectType({ description: "What the viewer is not in any more." })
class LeaveConversationPayload {
  @Field(() => ID, { description: "The conversation's global id." })
  conversationId!: string;
}

@InputType({ description: "Whom to put into which conversation." })
class AddMembersInput {
  @Field(() => ID, { description: "A room or group." })
  conversationId!: string;

  @Field(() => [ID], {
    description:
      "1-100 users. All or none: where the viewer cannot reach one of them (who blocked them, or takes messages from " +
      "friends only), or there are not so many places, nobody is added.",
  })
  userIds!: string[];
}

@ObjectType({ description: "Those who are in the conversation now." })
class AddMembersPayload {
  @Field(() => Conversation, { description: "The conversation." })
  conversation!: Conversation;

  @Field(() => [Member], { description: "Those who were asked for, whether or not they were in it before." })
  members!: Member[];
}

@InputType({ description: "Whom to put out of which conversation." })
class RemoveMemberInput {
  @Field(() => ID, { description: "A room or group." })
  conversationId!: string;

  @Field(() => ID, { description: "Somebody of a lower role than the viewer's." })
  userId!: string;
}

@ObjectType({ description: "What somebody was put out of." })
class RemoveMemberPayload {
  @Field(() => Conversation, { description: "The conversation." })
  conversation!: Conversation;
}

@Resolver()
export class JoiningResolver {
  @Mutation(() => JoinRoomPayload, { description: "Goes into a PUBLIC room. Who is in it already changes nothing." })
  async joinRoom(
    @Arg("input", () => JoinRoomInput, { description: "Which room." }) { roomId }: JoinRoomInput,
    @Ctx() ctx: Context,
  ): Promise<JoinRoomPayload> {
    return { room: await joining.join(ctx, rowId("conversation", roomId, "roomId")) };
  }

  @Mutation(() => LeaveConversationPayload, {
    description: "Goes out of a room or group. Its last owner hands over first, unless nobody else is in it.",
  })
  async leaveConversation(
    @Arg("input", () => LeaveConversationInput, { description: "Which conversation." })
    { conversationId }: LeaveConversationInput,
    @Ctx() ctx: Context,
  ): Promise<LeaveConversationPayload> {
    await joining.leave(ctx, rowId("conversation", conversationId, "conversationId"));
    return { conversationId };
  }

  @Mutation(() => AddMembersPayload, { description: "Puts people into a room or group." })
  async addMembers(
    @Arg("input", () => AddMembersInput, { description: "Whom to put in." }) input: AddMembersInput,
    @Ctx() ctx: Context,
  ): Promise<AddMembersPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    const members = await people.add(
      ctx,
      conversationId,
      input.userIds.map((id) => rowId("user", id, "userIds")),
    );
    return { members, conversation: await visible(ctx, conversationId, "conversationId") };
  }

  @Mutation(() => RemoveMemberPayload, { description: "Puts somebody out of a room or group." })
  async removeMember(
    @Arg("input", () => RemoveMemberInput, { description: "Whom to put out." }) input: RemoveMemberInput,
    @Ctx() ctx: Context,
  ): Promise<RemoveMemberPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    return { conversation: await people.remove(ctx, conversationId, rowId("user", input.userId, "userId")) };
  }
}

import { Arg, Ctx, Mutation, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as users from "../users/user.service.ts";
import * as blocks from "./blocks.service.ts";
import {
  BlockUserInput,
  CancelFriendRequestInput,
  RemoveFriendInput,
  RespondToFriendRequestInput,
  SendFriendRequestInput,
  UnblockUserInput,
} from "./friends.inputs.ts";
import {
  BlockUserPayload,
  CancelFriendRequestPayload,
  RemoveFriendPayload,
  RespondToFriendRequestPayload,
  SendFriendRequestPayload,
  UnblockUserPayload,
} from "./friends.payloads.ts";
import * as friends from "./friends.service.ts";

@Resolver()
export class FriendsResolver {
  @Mutation(() => SendFriendRequestPayload, {
    description: "Asks somebody to be friends. Asking somebody who has asked the viewer makes the two friends.",
  })
  async sendFriendRequest(
    @Arg("input", () => SendFriendRequestInput, { description: "Whom." }) input: SendFriendRequestInput,
    @Ctx() ctx: Context,
  ): Promise<SendFriendRequestPayload> {
    return { friendRequest: await friends.request(ctx, rowId("user", input.userId, "userId"), input.message ?? null) };
  }

  @Mutation(() => RespondToFriendRequestPayload, { description: "Says yes or no to a friend request." })
  async respondToFriendRequest(
    @Arg("input", () => RespondToFriendRequestInput, { description: "To which, and what." })
    input: RespondToFriendRequestInput,
    @Ctx() ctx: Context,
  ): Promise<RespondToFriendRequestPayload> {
    return { friendRequest: await friends.respond(ctx, requestId(input), input.accept) };
  }

  @Mutation(() => CancelFriendRequestPayload, { description: "Takes back a friend request." })
  async cancelFriendRequest(
    @Arg("input", () => CancelFriendRequestInput, { description: "Which one." }) input: CancelFriendRequestInput,
    @Ctx() ctx: Context,
  ): Promise<CancelFriendRequestPayload> {
    return { friendRequest: await friends.cancel(ctx, requestId(input)) };
  }

  @Mutation(() => RemoveFriendPayload, { description: "Ends a friendship." })
  async removeFriend(
    @Arg("input", () => RemoveFriendInput, { description: "Whose." }) input: RemoveFriendInput,
    @Ctx() ctx: Context,
  ): Promise<RemoveFriendPayload> {
    const userId = rowId("user", input.userId, "userId");
    await friends.remove(ctx, userId);
    return { user: await ctx.load(users.byIds, userId) };
  }

  @Mutation(() => BlockUserPayload, {
    description:
      "Blocks somebody: ends a friendship, takes back or rejects a request; they can neither ask nor write, and are not told.",
  })
  async blockUser(
    @Arg("input", () => BlockUserInput, { description: "Whom." }) input: BlockUserInput,
    @Ctx() ctx: Context,
  ): Promise<BlockUserPayload> {
    const userId = rowId("user", input.userId, "userId");
    await blocks.block(ctx, userId);
    return { user: await ctx.load(users.byIds, userId) };
  }

  @Mutation(() => UnblockUserPayload, { description: "Lifts a block; what it ended stays ended." })
  async unblockUser(
    @Arg("input", () => UnblockUserInput, { description: "Whose." }) input: UnblockUserInput,
    @Ctx() ctx: Context,
  ): Promise<UnblockUserPayload> {
    const userId = rowId("user", input.userId, "userId");
    await blocks.unblock(ctx, userId);
    return { user: await ctx.load(users.byIds, userId) };
  }
}

const requestId = ({ friendRequestId }: { friendRequestId: string }): number =>
  rowId("friendRequest", friendRequestId, "friendRequestId");

import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { UserPage } from "../users/user-page.ts";
import { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { Viewer } from "../users/viewer.ts";
import { FriendRequest } from "./friend-request.ts";
import { FriendshipEvent } from "./friendship-event.ts";
import { FriendRequestDirection, FriendRequestPage } from "./lists.ts";
import * as lists from "./lists.ts";
import { visibleByIds } from "./requests.ts";
import { FriendshipState, states } from "./standing.ts";

@ArgsType()
class FriendRequestsArgs extends PageArgs {
  @Field(() => FriendRequestDirection, { nullable: true, description: "Whose requests; both where it is left out." })
  direction?: FriendRequestDirection | null;
}

@Resolver(() => Viewer)
export class ViewerFriendsResolver {
  @FieldResolver(() => UserPage.Connection, { description: "The viewer's friends, by user name." })
  friends(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<User>> {
    return lists.friends(ctx, page);
  }

  @FieldResolver(() => FriendRequestPage.Connection, {
    description: "The requests that wait for an answer, the newest first.",
  })
  friendRequests(
    @Args(() => FriendRequestsArgs) args: FriendRequestsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<FriendRequest>> {
    return lists.pendingRequests(ctx, args);
  }

  @FieldResolver(() => UserPage.Connection, { description: "Whom the viewer has blocked, by user name." })
  blockedUsers(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<User>> {
    return lists.blocked(ctx, page);
  }
}

@Resolver(() => User)
export class UserFriendshipResolver {
  @FieldResolver(() => FriendshipState, { description: "How the viewer stands to this user." })
  friendship(@Root() user: User, @Ctx() ctx: Context): Promise<FriendshipState> {
    return ctx.load(states, user.id);
  }
}

@Resolver(() => FriendRequest)
export class FriendRequestResolver {
  @FieldResolver(() => User, { description: "Who asks." })
  from(@Root() request: FriendRequest, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, request.fromUserId);
  }

  @FieldResolver(() => User, { description: "Who is asked." })
  to(@Root() request: FriendRequest, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, request.toUserId);
  }
}

@Resolver(() => FriendshipEvent)
export class FriendshipEventResolver {
  @FieldResolver(() => User, { description: "The other one." })
  user(@Root() event: FriendshipEvent, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, event.userId);
  }

  @FieldResolver(() => FriendRequest, {
    nullable: true,
    description: "The request it is about; null where it is about none.",
  })
  async friendRequest(@Root() event: FriendshipEvent, @Ctx() ctx: Context): Promise<FriendRequest | null> {
    return event.requestId === null ? null : ctx.load(visibleByIds, event.requestId);
  }
}

import type { NonEmptyArray } from "type-graphql";

import { AuthResolver, SessionResolver, ViewerSessionsResolver } from "../auth/auth.resolver.ts";
import {
  FriendRequestResolver,
  FriendshipEventResolver,
  UserFriendshipResolver,
  ViewerFriendsResolver,
} from "../friends/friend-fields.resolver.ts";
import { FriendsResolver } from "../friends/friends.resolver.ts";
import { UserResolver } from "../users/user.resolver.ts";
import { NodeResolver } from "./node.resolver.ts";

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what type-graphql calls a class
type ResolverClass = Function;

/** Every resolver class; each slice puts its own here. */
export const resolvers: NonEmptyArray<ResolverClass> = [
  NodeResolver,
  UserResolver,
  AuthResolver,
  SessionResolver,
  ViewerSessionsResolver,
  FriendsResolver,
  FriendRequestResolver,
  FriendshipEventResolver,
  UserFriendshipResolver,
  ViewerFriendsResolver,
];

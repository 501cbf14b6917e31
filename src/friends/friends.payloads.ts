import { Field, ObjectType } from "type-graphql";

import { User } from "../users/user.ts";
import { FriendRequest } from "./friend-request.ts";

@ObjectType({
  description: "The request that was sent; or, where the other had asked already, theirs, accepted by it.",
})
export class SendFriendRequestPayload {
  @Field(() => FriendRequest, { description: "The request." })
  friendRequest!: FriendRequest;
}

@ObjectType({ description: "The request that was answered." })
export class RespondToFriendRequestPayload {
  @Field(() => FriendRequest, { description: "The request as it is now." })
  friendRequest!: FriendRequest;
}

@ObjectType({ description: "The request that was taken back." })
export class CancelFriendRequestPayload {
  @Field(() => FriendRequest, { description: "The request as it is now." })
  friendRequest!: FriendRequest;
}

@ObjectType({ description: "The friendship that has ended." })
export class RemoveFriendPayload {
  @Field(() => User, { description: "Who was a friend." })
  user!: User;
}

@ObjectType({ description: "The block that stands." })
export class BlockUserPayload {
  @Field(() => User, { description: "Who is blocked." })
  user!: User;
}

@ObjectType({ description: "The block that was lifted." })
export class UnblockUserPayload {
  @Field(() => User, { description: "Who is blocked no more." })
  user!: User;
}

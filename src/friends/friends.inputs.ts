import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "Whom to ask to be friends." })
export class SendFriendRequestInput {
  @Field(() => ID, { description: "Who is asked: user_1." })
  userId!: string;

  @Field(() => String, { nullable: true, description: "What to say with it; at most 500 characters." })
  message?: string | null;
}

@InputType({ description: "Yes or no to a friend request." })
export class RespondToFriendRequestInput {
  @Field(() => ID, { description: "A request to the viewer: freq_1." })
  friendRequestId!: string;

  @Field(() => Boolean, { description: "True makes the two friends, false rejects." })
  accept!: boolean;
}

@InputType({ description: "A friend request to take back." })
export class CancelFriendRequestInput {
  @Field(() => ID, { description: "A request that the viewer has sent: freq_1." })
  friendRequestId!: string;
}

@InputType({ description: "Whose friendship to end." })
export class RemoveFriendInput {
  @Field(() => ID, { description: "A friend: user_1." })
  userId!: string;
}

@InputType({ description: "Whom to block." })
export class BlockUserInput {
  @Field(() => ID, { description: "Somebody: user_1." })
  userId!: string;
}

@InputType({ description: "Whose block to lift." })
export class UnblockUserInput {
  @Field(() => ID, { description: "Somebody whom the viewer has blocked: user_1." })
  userId!: string;
}

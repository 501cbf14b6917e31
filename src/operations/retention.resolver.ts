import { Arg, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Resolver, Root } from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import {
  type Keeping,
  keepings,
  RETENTION_DAYS_MAXIMUM,
  RETENTION_MESSAGES_MAXIMUM,
  setRetention,
} from "./retention.ts";

const [DAYS, MESSAGES] = [RETENTION_DAYS_MAXIMUM, RETENTION_MESSAGES_MAXIMUM].map((most) => most.toLocaleString("en"));

@ObjectType({ description: "How long messages are kept. What is older is removed within the hour, for good." })
class Retention implements Keeping {
  @Field(() => Int, { nullable: true, description: "Days since they were written; null: however old." })
  days!: number | null;

  @Field(() => Int, { nullable: true, description: "The newest so many of the conversation; null: however many." })
  messages!: number | null;
}

@InputType({ description: "How long a room or group keeps its messages." })
class SetRetentionInput {
  @Field(() => ID, { description: "The room or group: conv_1." })
  conversationId!: string;

  @Field(() => Int, {
    nullable: true,
    description: `Days since they were written, 1-${DAYS}; of its owner no more than the server keeps. Null: as the server.`,
  })
  days?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `The newest so many, 1-${MESSAGES}; of its owner no more than the server keeps. Null: as the server.`,
  })
  messages?: number | null;
}

@ObjectType({ description: "The conversation whose messages are kept so." })
class SetRetentionPayload {
  @Field(() => Conversation, { description: "The room or group." })
  conversation!: Conversation;
}

@Resolver(() => Conversation)
export class RetentionResolver {
  @FieldResolver(() => Retention, {
    description:
      "How long its messages are kept. Removed ones are not told live: history, search and counts just have them no more, " +
      "and seq and cursors go on as they were.",
  })
  retention(@Ctx() ctx: Context, @Root() conversation: Conversation): Promise<Retention> {
    return ctx.load(keepings, conversation.id);
  }

  @Mutation(() => SetRetentionPayload, {
    description: "Says how long a room or group keeps its messages. For its owner, and administrators.",
  })
  async setRetention(
    @Arg("input", () => SetRetentionInput, { description: "Which one, and how long." }) input: SetRetentionInput,
    @Ctx() ctx: Context,
  ): Promise<SetRetentionPayload> {
    const { days = null, messages = null } = input;
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    return { conversation: await setRetention(ctx, conversationId, { days, messages }) };
  }
}

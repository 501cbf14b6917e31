import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { DirectConversation } from "./conversation.ts";
import * as direct from "./direct.service.ts";

@InputType({ description: "With whom." })
class OpenDirectConversationInput {
  @Field(() => ID, { description: "Somebody else than the viewer." })
  userId!: string;
}

@ObjectType({ description: "The direct conversation of the two." })
class OpenDirectConversationPayload {
  @Field(() => DirectConversation, { description: "The same one every time." })
  conversation!: DirectConversation;
}

@Resolver()
export class OpenDirectResolver {
  @Mutation(() => OpenDirectConversationPayload, {
    description: "The viewer's direct conversation with somebody; made at the first call, the same one every time.",
  })
  async openDirectConversation(
    @Arg("input", () => OpenDirectConversationInput, { description: "With whom." })
    { userId }: OpenDirectConversationInput,
    @Ctx() ctx: Context,
  ): Promise<OpenDirectConversationPayload> {
    return { conversation: await direct.open(ctx, rowId("user", userId, "userId")) };
  }
}

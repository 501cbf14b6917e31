import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as invites from "./invite.service.ts";
import { Invite } from "./invite.ts";

@InputType({ description: "An invite to make." })
class CreateInviteInput {
  @Field(() => ID, { description: "The room or group it leads to." })
  conversationId!: string;

  @Field(() => Date, { nullable: true, description: "When it ends; never, where it is not given." })
  expiresAt?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many people it lets in: 1-100,000; any number, where it is not given.",
  })
  maxUses?: number | null;
}

@ObjectType({ description: "The invite that was made." })
class CreateInvitePayload {
  @Field(() => Invite, { description: "The invite." })
  invite!: Invite;
}

@InputType({ description: "Which invite." })
class AcceptInviteInput {
  @Field(() => String, { description: "An invite's code." })
  code!: string;
}

@ObjectType({ description: "What the viewer is in now." })
class AcceptInvitePayload {
  @Field(() => Conversation, { description: "The conversation." })
  conversation!: Conversation;
}

@Resolver(() => Invite)
export class InviteResolver {
  @Query(() => Invite, {
    nullable: true,
    description: "What an invite leads to. NOT_FOUND for an unknown code, EXPIRED for an old or used-up one.",
  })
  invite(
    @Arg("code", () => String, { description: "An invite's code." }) code: string,
    @Ctx() ctx: Context,
  ): Promise<Invite> {
    return invites.get(ctx, code);
  }

  @FieldResolver(() => Conversation, {
    description:
      "Where it leads to. Who is not in it sees its name and size; asking for people, messages or when they came is FORBIDDEN.",
  })
  conversation(@Root() invite: Invite, @Ctx() ctx: Context): Promise<Conversation> {
    return invites.conversationOf(ctx, invite);
  }

  @Mutation(() => CreateInvitePayload, {
    description: "Makes a code that lets people into a room or group. It holds no longer than its maker may invite.",
  })
  async createInvite(
    @Arg("input", () => CreateInviteInput, { description: "The invite to make." }) input: CreateInviteInput,
    @Ctx() ctx: Context,
  ): Promise<CreateInvitePayload> {
    const id = rowId("conversation", input.conversationId, "conversationId");
    return { invite: await invites.create(ctx, id, input) };
  }

  @Mutation(() => AcceptInvitePayload, {
    description: "Goes where an invite leads to. Who is there already changes nothing, and uses nothing up.",
  })
  async acceptInvite(
    @Arg("input", () => AcceptInviteInput, { description: "Which invite." }) { code }: AcceptInviteInput,
    @Ctx() ctx: Context,
  ): Promise<AcceptInvitePayload> {
    return { conversation: await invites.accept(ctx, code) };
  }
}

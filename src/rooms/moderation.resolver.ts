import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from "type-graphql";

import { Conversation } from "../conversations/conversation.ts";
import { Member, MemberRole } from "../conversations/member.ts";
import { MemberPage } from "../conversations/pages.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import * as moderation from "./moderation.service.ts";

@InputType({ description: "What is to be different about a member; what is left out stays as it is." })
class UpdateMemberInput {
  @Field(() => ID, { description: "A room or group; for nicknames a direct conversation too." })
  conversationId!: string;

  @Field(() => ID, { description: "Somebody of a lower role than the viewer's, or for their own nickname the viewer." })
  userId!: string;

  @Field(() => MemberRole, {
    nullable: true,
    description: "Owners give roles. OWNER hands over: both own it then, and either may give it up. Null: as it is.",
  })
  role?: MemberRole | null;

  @Field(() => String, { nullable: true, description: "At most 64 characters. Null removes it." })
  nickname?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether they are silenced. Null: as it is." })
  muted?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "True puts them out and keeps them out, and goes with no other change; false lets them come back. Null: as it is.",
  })
  banned?: boolean | null;
}

@ObjectType({ description: "The member that was changed." })
class UpdateMemberPayload {
  @Field(() => Member, { description: "The member as they are now." })
  member!: Member;
}

@Resolver(() => Conversation)
export class ModerationResolver {
  @FieldResolver(() => MemberPage.Connection, {
    description:
      "Who is banned here, in the order in which their accounts were made; for those who may ban, else FORBIDDEN.",
  })
  bannedMembers(
    @Root() conversation: Conversation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<Member>> {
    return moderation.banned(ctx, conversation.id, page);
  }

  @Mutation(() => UpdateMemberPayload, {
    description: "Changes a member's role, nickname, mute or ban: all that is asked, or nothing of it.",
  })
  async updateMember(
    @Arg("input", () => UpdateMemberInput, { description: "Whom to change, and how." }) input: UpdateMemberInput,
    @Ctx() ctx: Context,
  ): Promise<UpdateMemberPayload> {
    const conversationId = rowId("conversation", input.conversationId, "conversationId");
    const userId = rowId("user", input.userId, "userId");
    return { member: await moderation.update(ctx, conversationId, userId, input) };
  }
}

import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import { Group } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as groups from "./group.service.ts";

@InputType({ description: "A group to make." })
class CreateGroupInput {
  @Field(() => String, { description: "Its name; 1-100 characters." })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is about; at most 1,000 characters." })
  description?: string | null;

  @Field(() => [ID], {
    description:
      "Who is in it from the start, beside the viewer; up to 100. All or none: where the viewer cannot reach one of them " +
      "(who blocked them, or takes messages from friends only) no group is made.",
  })
  memberIds!: string[];
}

@ObjectType({ description: "The group that was made." })
class CreateGroupPayload {
  @Field(() => Group, { description: "The group; the viewer owns it." })
  group!: Group;
}

@Resolver()
export class GroupResolver {
  @Mutation(() => CreateGroupPayload, { description: "Puts people together in a group, which the viewer owns." })
  async createGroup(
    @Arg("input", () => CreateGroupInput, { description: "The group to make." }) input: CreateGroupInput,
    @Ctx() ctx: Context,
  ): Promise<CreateGroupPayload> {
    const { name, description } = input;
    const memberIds = input.memberIds.map((id) => rowId("user", id, "memberIds"));
    return { group: await groups.create(ctx, { name, description, memberIds }) };
  }
}

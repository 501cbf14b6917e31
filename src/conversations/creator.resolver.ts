import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { User } from "../users/user.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { Group, Room } from "./conversation.ts";
import { demandInside } from "./reach.ts";

const DESCRIPTION = "Who made it; null where it came with the server or the account is gone.";

async function creatorOf(conversation: Room | Group, ctx: Context): Promise<User | null> {
  demandInside(conversation);
  return conversation.createdById === null ? null : ctx.load(byIdsOrNull, conversation.createdById);
}

@Resolver(() => Room)
export class RoomCreatorResolver {
  @FieldResolver(() => User, { nullable: true, description: DESCRIPTION })
  createdBy(@Root() room: Room, @Ctx() ctx: Context): Promise<User | null> {
    return creatorOf(room, ctx);
  }
}

@Resolver(() => Group)
export class GroupCreatorResolver {
  @FieldResolver(() => User, { nullable: true, description: DESCRIPTION })
  createdBy(@Root() group: Group, @Ctx() ctx: Context): Promise<User | null> {
    return creatorOf(group, ctx);
  }
}

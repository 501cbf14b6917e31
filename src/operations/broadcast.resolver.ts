import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query } from "type-graphql";
import { Resolver, Root, Subscription } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { PageArgs } from "../kernel/page-args.ts";
import { type Connection, connectionType } from "../kernel/pages.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { administers } from "../users/administrators.ts";
import { User, UserRole } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { Broadcast } from "./broadcast.ts";
import * as broadcasts from "./broadcast.service.ts";

/** BroadcastConnection and BroadcastEdge. */
const BroadcastPage = connectionType(Broadcast, "Broadcast");

@InputType({
  description: "What to say, and to whom: to some roles, to some users, or to everybody if neither is given.",
})
class SendBroadcastInput {
  @Field(() => String, { description: "What it is about, in one line of 1-100 characters." })
  title!: string;

  @Field(() => String, { description: "What it says, 1-2,000 characters." })
  content!: string;

  @Field(() => [UserRole], { nullable: true, description: "Only to accounts of these roles; at least one." })
  toRoles?: UserRole[] | null;

  @Field(() => [ID], { nullable: true, description: "Only to these users, 1-1,000: user_1." })
  toUserIds?: string[] | null;

  @Field(() => Json, { nullable: true, description: "For programs: any JSON value of at most 4,096 bytes." })
  data?: unknown;
}

@ObjectType({ description: "The broadcast that was sent." })
class SendBroadcastPayload {
  @Field(() => Broadcast, { description: "The broadcast." })
  broadcast!: Broadcast;
}

@Resolver(() => Broadcast)
export class BroadcastResolver {
  @Query(() => BroadcastPage.Connection, { description: "What was broadcast, the latest first. For administrators." })
  broadcasts(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<Broadcast>> {
    return broadcasts.list(ctx, page);
  }

  @Mutation(() => SendBroadcastPayload, {
    description:
      "Says something to many. Who is connected hears it live, and everybody gets a BROADCAST notification within " +
      "seconds or, if they are very many, minutes. For administrators.",
  })
  async sendBroadcast(
    @Arg("input", () => SendBroadcastInput, { description: "What, and to whom." })
    { title, content, toRoles, data, ...input }: SendBroadcastInput,
    @Ctx() ctx: Context,
  ): Promise<SendBroadcastPayload> {
    const toUserIds = input.toUserIds?.map((id) => rowId("user", id, "toUserIds"));
    return { broadcast: await broadcasts.send(ctx, { title, content, toRoles, toUserIds, data }) };
  }

  @Subscription(() => Broadcast, {
    description:
      "What administrators say to the viewer and others. What was said while nobody listened stands in the viewer's " +
      "notifications.",
    subscribe: ({ context }: { context: Context }) => {
      const { me, services } = context;
      return new LiveSource<never>(
        { kind: "feed", open: async (tell) => services.broadcasts.open(me, tell) },
        { onFeed: (broadcast) => broadcast },
      );
    },
  })
  broadcastReceived(@Root() broadcast: Broadcast): Broadcast {
    return broadcast;
  }

  @FieldResolver(() => User, { nullable: true, description: "Who sent it; null where their account is no more." })
  async sender(@Root() { senderId }: Broadcast, @Ctx() ctx: Context): Promise<User | null> {
    return senderId === null ? null : ctx.load(users.byIdsOrNull, senderId);
  }

  @FieldResolver(() => [UserRole], {
    nullable: true,
    description: "To which roles it was said; null where it was not by role, and for everybody but administrators.",
  })
  toRoles(@Root() { toRoles }: Broadcast, @Ctx() ctx: Context): UserRole[] | null {
    return administers(ctx) ? toRoles : null;
  }

  @FieldResolver(() => [ID], {
    nullable: true,
    description: "To which users it was said; null where it was not by name, and for everybody but administrators.",
  })
  toUserIds(@Root() { toUserIds }: Broadcast, @Ctx() ctx: Context): string[] | null {
    return administers(ctx) && toUserIds !== null ? toUserIds.map((id) => globalId("user", id)) : null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: "For how many accounts it was when it was sent; null for everybody but administrators.",
  })
  recipientCount(@Root() { recipientCount }: Broadcast, @Ctx() ctx: Context): number | null {
    return administers(ctx) ? recipientCount : null;
  }
}

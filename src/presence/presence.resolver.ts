import { Arg, Ctx, Field, FieldResolver, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { User } from "../users/user.ts";
import { byIds } from "../users/user.service.ts";
import { Viewer } from "../users/viewer.ts";
import { Presence, SeenUser, shownToViewer } from "./presence.ts";
import * as presence from "./presence.service.ts";
import { PresenceStatus } from "./presence-status.ts";

@InputType({ description: "What to be shown as." })
export class SetStatusInput {
  @Field(() => PresenceStatus, {
    description: "ONLINE: as what is so. AWAY: as away while here. OFFLINE: as if one were not here.",
  })
  status!: PresenceStatus;
}

@ObjectType({ description: "How the viewer is shown now." })
export class SetStatusPayload {
  @Field(() => User, { description: "The viewer." })
  user!: User;
}

@ObjectType({ description: "How the viewer is shown now." })
export class HeartbeatPayload {
  @Field(() => User, { description: "The viewer." })
  user!: User;
}

@Resolver(() => User)
export class UserPresenceResolver {
  @FieldResolver(() => Presence, { description: "Whether the user is here, as far as the viewer may know." })
  presence(@Root() user: User, @Ctx() ctx: Context): Presence | Promise<Presence> {
    return user instanceof SeenUser ? user.seen : ctx.load(shownToViewer, user.id);
  }
}

@Resolver(() => Viewer)
export class ViewerPresenceResolver {
  @FieldResolver(() => PresenceStatus, {
    description: "What the viewer chose to be shown as while here: ONLINE unless they chose otherwise.",
  })
  chosenStatus(@Ctx() ctx: Context): Promise<PresenceStatus> {
    return presence.chosen(ctx);
  }
}

@Resolver()
export class PresenceResolver {
  @Mutation(() => SetStatusPayload, {
    description: "Chooses what to be shown as while here. It stays until something else is chosen.",
  })
  async setStatus(
    @Arg("input", () => SetStatusInput, { description: "As what." }) input: SetStatusInput,
    @Ctx() ctx: Context,
  ): Promise<SetStatusPayload> {
    await presence.choose(ctx, input.status);
    return { user: await ctx.load(byIds, ctx.me.userId) };
  }

  @Mutation(() => HeartbeatPayload, {
    description:
      "Says that the viewer is here, for clients that keep no connection: after any request over HTTP they are online for 30 " +
      "minutes.",
  })
  async heartbeat(@Ctx() ctx: Context): Promise<HeartbeatPayload> {
    await presence.beat(ctx);
    return { user: await ctx.load(byIds, ctx.me.userId) };
  }
}

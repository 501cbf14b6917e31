import { Arg, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import * as profile from "./profile.ts";
import { UpdateProfileInput, UpdateProfilePayload } from "./profile.ts";
import { User } from "./user.ts";
import * as users from "./user.service.ts";
import { Viewer } from "./viewer.ts";

@Resolver()
export class UserResolver {
  @Query(() => Viewer, { nullable: true, description: "Who asks; null when nobody is logged in." })
  async viewer(@Ctx() ctx: Context): Promise<Viewer | null> {
    return ctx.viewer === null ? null : new Viewer(await ctx.load(users.byIds, ctx.viewer.userId));
  }

  @Query(() => User, {
    nullable: true,
    description: "Somebody by id or by user name: give one of the two. Null where there is nobody.",
  })
  user(
    @Arg("id", () => ID, { nullable: true, description: "A global id: user_1." }) id: string | null | undefined,
    @Arg("username", () => String, { nullable: true, description: "A user name; case is ignored." })
    username: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<User | null> {
    return users.find(ctx, { id: id == null ? null : rowId("user", id, "id"), username: username ?? null });
  }

  @Mutation(() => UpdateProfilePayload, { description: "Changes one's own profile." })
  async updateProfile(
    @Arg("input", () => UpdateProfileInput, { description: "What to change." }) input: UpdateProfileInput,
    @Ctx() ctx: Context,
  ): Promise<UpdateProfilePayload> {
    return new UpdateProfilePayload(await profile.update(ctx, input));
  }
}

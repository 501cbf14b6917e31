import { Arg, Args, ArgsType, Ctx, Field, ID, Mutation, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import * as people from "./people.ts";
import * as profile from "./profile.ts";
import { UpdateProfileInput, UpdateProfilePayload } from "./profile.ts";
import { UserPage } from "./user-page.ts";
import { User } from "./user.ts";
import * as users from "./user.service.ts";
import { Viewer } from "./viewer.ts";

@ArgsType()
class UsersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: "How a user name or display name begins, case ignored; at most 64 characters.",
  })
  search?: string | null;
}

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

  @Query(() => UserPage.Connection, { description: "Everybody on this server, by user name." })
  users(@Args(() => UsersArgs) args: UsersArgs, @Ctx() ctx: Context): Promise<Connection<User>> {
    return people.search(ctx, args);
  }

  @Mutation(() => UpdateProfilePayload, { description: "Changes one's own profile." })
  async updateProfile(
    @Arg("input", () => UpdateProfileInput, { description: "What to change." }) input: UpdateProfileInput,
    @Ctx() ctx: Context,
  ): Promise<UpdateProfilePayload> {
    return new UpdateProfilePayload(await profile.update(ctx, input));
  }
}

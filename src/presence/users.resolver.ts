import { Args, ArgsType, Ctx, Field, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { UserPage } from "../users/user-page.ts";
import type { User } from "../users/user.ts";
import { search } from "./people-online.ts";

@ArgsType()
class UsersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      "What user name and display name hold, in any place: each word of it, case and accents ignored; at most 64 characters.",
  })
  search?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True: only those who are shown to the viewer as ONLINE or AWAY. False: only the others.",
  })
  online?: boolean | null;
}

@Resolver()
export class UsersResolver {
  @Query(() => UserPage.Connection, { description: "Everybody on this server, by user name." })
  users(@Args(() => UsersArgs) args: UsersArgs, @Ctx() ctx: Context): Promise<Connection<User>> {
    return search(ctx, args);
  }
}

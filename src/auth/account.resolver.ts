import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { UserRole } from "../users/user.ts";
import {
  DeactivateUserInput,
  DeactivateUserPayload,
  ReactivateUserInput,
  ReactivateUserPayload,
  ResetPasswordInput,
  ResetPasswordPayload,
  SetUserRoleInput,
  SetUserRolePayload,
} from "./account.inputs.ts";
import * as service from "./account.service.ts";
import { Account, AccountPage } from "./account.ts";
import * as accounts from "./accounts.ts";

@ArgsType()
class AccountsArgs extends PageArgs {
  @Field(() => UserRole, { nullable: true, description: "Only accounts of this role." })
  role?: UserRole | null;

  @Field(() => Boolean, { nullable: true, description: "Only deactivated accounts, or only those in use." })
  isDeactivated?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What user name and display name hold, as `users` looks for it, or a whole e-mail address, case ignored; 254 characters.",
  })
  search?: string | null;
}

@Resolver(() => Account)
export class AccountResolver {
  @Query(() => AccountPage.Connection, { description: "Everybody's accounts, by user name. For administrators." })
  accounts(@Args(() => AccountsArgs) args: AccountsArgs, @Ctx() ctx: Context): Promise<Connection<Account>> {
    return accounts.list(ctx, args, args);
  }

  @Query(() => Account, { description: "Somebody's account. For administrators." })
  account(
    @Arg("userId", () => ID, { description: "Whose: user_1." }) userId: string,
    @Ctx() ctx: Context,
  ): Promise<Account> {
    return accounts.get(ctx, rowId("user", userId, "userId"));
  }

  @FieldResolver(() => Int, { description: "In how many places the user is logged in." })
  async sessionCount(@Root() { user }: Account, @Ctx() ctx: Context): Promise<number> {
    return (await ctx.load(accounts.uses, user.id)).sessions;
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: "When one of these sessions was last begun or refreshed; null where there is none.",
  })
  async lastUsedAt(@Root() { user }: Account, @Ctx() ctx: Context): Promise<Date | null> {
    return (await ctx.load(accounts.uses, user.id)).lastUsedAt;
  }

  @Mutation(() => SetUserRolePayload, {
    description: "Gives an account another role, and ends its sessions. For administrators.",
  })
  async setUserRole(
    @Arg("input", () => SetUserRoleInput, { description: "Whose, and which." }) input: SetUserRoleInput,
    @Ctx() ctx: Context,
  ): Promise<SetUserRolePayload> {
    return new SetUserRolePayload(await service.setRole(ctx, rowId("user", input.userId, "userId"), input.role));
  }

  @Mutation(() => DeactivateUserPayload, {
    description: "Deactivates an account: its sessions end at once, and nobody logs in to it. For administrators.",
  })
  async deactivateUser(
    @Arg("input", () => DeactivateUserInput, { description: "Whose, and why." }) input: DeactivateUserInput,
    @Ctx() ctx: Context,
  ): Promise<DeactivateUserPayload> {
    const userId = rowId("user", input.userId, "userId");
    return new DeactivateUserPayload(await service.deactivate(ctx, userId, input.reason ?? null));
  }

  @Mutation(() => ReactivateUserPayload, {
    description: "Puts a deactivated account to use again; its user logs in anew. For administrators.",
  })
  async reactivateUser(
    @Arg("input", () => ReactivateUserInput, { description: "Whose." }) input: ReactivateUserInput,
    @Ctx() ctx: Context,
  ): Promise<ReactivateUserPayload> {
    return new ReactivateUserPayload(await service.reactivate(ctx, rowId("user", input.userId, "userId")));
  }

  @Mutation(() => ResetPasswordPayload, {
    description: "Gives an account another password, and ends its sessions. For administrators.",
  })
  async resetPassword(
    @Arg("input", () => ResetPasswordInput, { description: "Whose, and which." }) input: ResetPasswordInput,
    @Ctx() ctx: Context,
  ): Promise<ResetPasswordPayload> {
    const userId = rowId("user", input.userId, "userId");
    const { user, password } = await service.resetPassword(ctx, userId, input.newPassword ?? null);
    return new ResetPasswordPayload(user, password);
  }
}

import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver, registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { User, UserRole } from "../users/user.ts";
import { EXTERNAL_ID_MAXIMUM } from "./sync-row.ts";
import { SYNC_MAXIMUM, syncUsers } from "./sync-users.ts";

/** What became of a row. */
enum SyncStatus {
  CREATED = "CREATED",
  UPDATED = "UPDATED",
  UNCHANGED = "UNCHANGED",
  FAILED = "FAILED",
}
registerEnumType(SyncStatus, {
  name: "SyncStatus",
  description: "What became of a row of syncUsers.",
  valuesConfig: {
    CREATED: {
      description:
        "There is a new account. It has no password: its user comes with a token of JWT_ISSUER, or after resetPassword.",
    },
    UPDATED: { description: "The account was brought up to date." },
    UNCHANGED: { description: "The account was so already." },
    FAILED: { description: "Nothing was done; `error` says why. The other rows are not concerned." },
  },
});

@InputType({ description: "Somebody as another system knows them. What is left out stays as it is." })
class SyncUserInput {
  @Field(() => String, {
    description:
      `Which person it is to the other system; 1-${EXTERNAL_ID_MAXIMUM} characters. The account is known by it from then ` +
      "on. Of people who come with a token of JWT_ISSUER it is the issuer and the token's subject, with a blank between.",
  })
  externalId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The user name, as in register. A new account needs one; null: as it is.",
  })
  username?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The name that people see, as in register. Null: as it is; of a new account the user name.",
  })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: "The e-mail address, as in register. Null removes it." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "The telephone number, as in updateProfile. Null removes it." })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: "Address of the picture, as in updateProfile. Null removes it." })
  avatarUrl?: string | null;

  @Field(() => UserRole, {
    nullable: true,
    description:
      "What the account may do. Null: as it is; USER of a new account. A change ends the account's sessions.",
  })
  role?: UserRole | null;
}

@InputType({ description: "The people whom another system knows." })
class SyncUsersInput {
  @Field(() => [SyncUserInput], {
    description: `1-${SYNC_MAXIMUM.toLocaleString("en")} people. Of two rows that want the same id, user name or e-mail address the later one fails.`,
  })
  users!: SyncUserInput[];
}

@ObjectType({ description: "Why a row of syncUsers failed." })
class SyncError {
  @Field(() => String, { description: "BAD_USER_INPUT, or CONFLICT for what another account has." })
  code!: string;

  @Field(() => String, { nullable: true, description: "The row's field that was at fault." })
  field!: string | null;

  @Field(() => String, { description: "What is wrong, in English." })
  message!: string;
}

@ObjectType({ description: "What became of one row of syncUsers." })
class SyncResult {
  @Field(() => String, { description: "The row's external id, as it was given." })
  externalId!: string;

  @Field(() => SyncStatus, { description: "What became of it." })
  status!: SyncStatus;

  @Field(() => User, { nullable: true, description: "The account; null where the row failed." })
  user!: User | null;

  @Field(() => SyncError, { nullable: true, description: "Why it failed; else null." })
  error!: SyncError | null;
}

@ObjectType({ description: "What became of each row." })
class SyncUsersPayload {
  @Field(() => [SyncResult], { description: "In the order of the rows." })
  results!: SyncResult[];

  @Field(() => Int, { description: "How many rows failed." })
  failedCount!: number;
}

@Resolver()
export class SyncUsersResolver {
  @Mutation(() => SyncUsersPayload, {
    description:
      "Makes accounts of people whom another system knows, and brings those up to date that came before. For administrators.",
  })
  async syncUsers(
    @Arg("input", () => SyncUsersInput, { description: "The people." }) { users }: SyncUsersInput,
    @Ctx() ctx: Context,
  ): Promise<SyncUsersPayload> {
    const outcomes = await syncUsers(ctx, users);
    const results = outcomes.map(({ externalId, status, user, error }) => ({
      externalId,
      status: SyncStatus[status],
      user,
      error: error === null ? null : { code: error.code, field: error.detail.field ?? null, message: error.message },
    }));
    return { results, failedCount: results.filter(({ status }) => status === SyncStatus.FAILED).length };
  }
}

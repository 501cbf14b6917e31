import { Field, ID, InputType, ObjectType } from "type-graphql";

import { User, UserRole } from "../users/user.ts";
import { Account } from "./account.ts";

@InputType({ description: "A user and the role that their account is to have." })
export class SetUserRoleInput {
  @Field(() => ID, { description: "Whose: user_1." })
  userId!: string;

  @Field(() => UserRole, { description: "What the account may do from now on." })
  role!: UserRole;
}

@InputType({ description: "Whose account is to be deactivated." })
export class DeactivateUserInput {
  @Field(() => ID, { description: "Whose: user_1." })
  userId!: string;

  @Field(() => String, {
    nullable: true,
    description: "Why, for the audit log; at most 500 characters. The user is not told.",
  })
  reason?: string | null;
}

@InputType({ description: "Whose account is to be opened again." })
export class ReactivateUserInput {
  @Field(() => ID, { description: "Whose: user_1." })
  userId!: string;
}

@InputType({ description: "Whose password is to be another one." })
export class ResetPasswordInput {
  @Field(() => ID, { description: "Whose: user_1." })
  userId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The password from now on: 8-128 characters, whichever. Where none is given the server makes one.",
  })
  newPassword?: string | null;
}

@ObjectType({ description: "An account as it is now." })
class AccountPayload {
  @Field(() => User, { description: "The user as others see them." })
  readonly user: User;

  @Field(() => Account, { description: "The account as administrators see it." })
  readonly account: Account;

  constructor(user: User) {
    this.user = user;
    this.account = new Account(user);
  }
}

@ObjectType({ description: "The account with its role." })
export class SetUserRolePayload extends AccountPayload {}

@ObjectType({ description: "The account that is deactivated." })
export class DeactivateUserPayload extends AccountPayload {}

@ObjectType({ description: "The account that is open again." })
export class ReactivateUserPayload extends AccountPayload {}

@ObjectType({ description: "The account whose password is another one." })
export class ResetPasswordPayload extends AccountPayload {
  @Field(() => String, {
    nullable: true,
    description: "The password that the server made; it is said here once and kept nowhere. Null where one was given.",
  })
  readonly password: string | null;

  constructor(user: User, password: string | null) {
    super(user);
    this.password = password;
  }
}

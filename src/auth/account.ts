import { Field, ObjectType } from "type-graphql";

import { connectionType } from "../kernel/pages.ts";
import { User } from "../users/user.ts";

/** A user as the administrators of the server see them. */
@ObjectType({ description: "A user's account, as the administrators of the server see it." })
export class Account {
  @Field(() => User, { description: "The user as others see them." })
  readonly user: User;

  constructor(user: User) {
    this.user = user;
  }

  @Field(() => String, { nullable: true, description: "The e-mail address; null where none was given." })
  get email(): string | null {
    return this.user.email;
  }

  @Field(() => String, { nullable: true, description: "The telephone number; null where none was given." })
  get phone(): string | null {
    return this.user.phone;
  }

  @Field(() => String, {
    nullable: true,
    description: "The name under which another system knows the person; null for an account that was made here.",
  })
  get externalId(): string | null {
    return this.user.externalId;
  }

  @Field(() => Boolean, { description: "Whether one can log in with a password; else only by another issuer's token." })
  get hasPassword(): boolean {
    return this.user.passwordHash !== null;
  }

  @Field(() => Date, { nullable: true, description: "Since when it is deactivated; null for an account in use." })
  get deactivatedAt(): Date | null {
    return this.user.deactivatedAt;
  }
}

/** AccountConnection and AccountEdge. */
export const AccountPage = connectionType(Account, "Account");

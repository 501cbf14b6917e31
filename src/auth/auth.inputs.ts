import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "An account to make." })
export class RegisterInput {
  @Field(() => String, { description: "3-32 letters of any script, digits, `.`, `_` or `-`; unique, case ignored." })
  username!: string;

  @Field(() => String, { nullable: true, description: "An e-mail address to log in with; unique, case ignored." })
  email?: string | null;

  @Field(() => String, { description: "8-128 characters, whichever." })
  password!: string;

  @Field(() => String, {
    nullable: true,
    description: "The name that people see, 1-64 characters; else the user name.",
  })
  displayName?: string | null;
}

@InputType({ description: "Who one is, and how one shows it." })
export class LoginInput {
  @Field(() => String, { description: "The user name or the e-mail address; case is ignored." })
  username!: string;

  @Field(() => String, { description: "The password." })
  password!: string;
}

@InputType({ description: "A session to go on with." })
export class RefreshTokenInput {
  @Field(() => String, { description: "The latest refresh token. One that was used before ends the session." })
  refreshToken!: string;
}

@InputType({ description: "A session to end." })
export class RevokeSessionInput {
  @Field(() => ID, { description: "The id of one of the viewer's sessions." })
  sessionId!: string;
}

@InputType({ description: "A new password, by somebody who knows the old one." })
export class ChangePasswordInput {
  @Field(() => String, { description: "The password as it is." })
  currentPassword!: string;

  @Field(() => String, { description: "The password from now on: 8-128 characters, whichever." })
  newPassword!: string;
}

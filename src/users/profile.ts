import { Field, InputType, ObjectType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { checkedWebAddress } from "../kernel/web-address.ts";
import { checkedDisplayName, checkedEmail, checkedPhone } from "./contact.ts";
import { DirectMessagePolicy, User } from "./user.ts";
import { type UserChanges, change } from "./user.service.ts";
import { checkedUsername } from "./username.ts";
import { Viewer } from "./viewer.ts";

@InputType({ description: "What to change of one's profile; what is left out stays as it is." })
export class UpdateProfileInput {
  @Field(() => String, {
    nullable: true,
    description:
      "A new user name: 3-32 letters of any script, digits, `.`, `_` or `-`; unique, case ignored. Null: as it is.",
  })
  username?: string | null;

  @Field(() => String, { nullable: true, description: "The name that people see; 1-64 characters. Null: as it is." })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: "The e-mail address; unique, case ignored. Null removes it." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "The telephone number; at most 32 characters. Null removes it." })
  phone?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the picture, http or https; at most 2,048 characters. Null removes it.",
  })
  avatarUrl?: string | null;

  @Field(() => DirectMessagePolicy, {
    nullable: true,
    description: "From whom direct messages are taken. Null: as it is.",
  })
  directMessagePolicy?: DirectMessagePolicy | null;
}

@ObjectType({ description: "The profile as it is now." })
export class UpdateProfilePayload {
  @Field(() => User, { description: "The user as others see it." })
  readonly user: User;

  @Field(() => Viewer, { description: "The user as they see themselves." })
  readonly viewer: Viewer;

  constructor(user: User) {
    this.user = user;
    this.viewer = new Viewer(user);
  }
}

/** Changes the viewer's own profile. @throws BAD_USER_INPUT or CONFLICT, naming the field */
export async function update(ctx: Context, input: UpdateProfileInput): Promise<User> {
  const { userId } = ctx.me;
  const changes = checked(input);
  return ctx.transaction((tx) => change(tx, userId, changes));
}

function checked(input: UpdateProfileInput): UserChanges {
  const changes: UserChanges = {};
  if (input.username != null) changes.username = checkedUsername("username", input.username);
  if (input.displayName != null) changes.displayName = checkedDisplayName("displayName", input.displayName);
  if (input.email !== undefined) changes.email = ifGiven(checkedEmail, "email", input.email);
  if (input.phone !== undefined) changes.phone = ifGiven(checkedPhone, "phone", input.phone);
  if (input.avatarUrl !== undefined) changes.avatarUrl = ifGiven(checkedWebAddress, "avatarUrl", input.avatarUrl);
  if (input.directMessagePolicy != null) changes.directMessagePolicy = input.directMessagePolicy;
  return changes;
}

const ifGiven = (check: (field: string, text: string) => string, field: string, text: string | null): string | null =>
  text === null ? null : check(field, text);

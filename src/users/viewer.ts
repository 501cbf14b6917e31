import { Field, ObjectType } from "type-graphql";

import { DirectMessagePolicy, User } from "./user.ts";

/** What only the user sees of itself; each slice adds its own fields by its resolver. */
@ObjectType({ description: "The user who asks, and what only they see of themselves." })
export class Viewer {
  @Field(() => User, { description: "The user as others see it." })
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

  @Field(() => DirectMessagePolicy, { description: "From whom direct messages are taken." })
  get directMessagePolicy(): DirectMessagePolicy {
    return this.user.directMessagePolicy;
  }
}

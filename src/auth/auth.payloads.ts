import { Field, Int, ObjectType } from "type-graphql";

import { User } from "../users/user.ts";
import { Viewer } from "../users/viewer.ts";
import { Session } from "./session.ts";

@ObjectType({ description: "A session's tokens, and whose they are." })
export class AuthPayload {
  @Field(() => String, {
    description: "To send with each request: `Authorization: Bearer …`, or `token` over WebSocket.",
  })
  accessToken!: string;

  @Field(() => String, { description: "Good for one refreshToken within 30 days." })
  refreshToken!: string;

  @Field(() => Int, { description: "Seconds for which the access token holds." })
  expiresIn!: number;

  @Field(() => User, { description: "Whose the tokens are." })
  user!: User;
}

@ObjectType({ description: "The session that has ended." })
export class LogoutPayload {
  @Field(() => Session, { description: "The session that has ended; its tokens hold no more." })
  session!: Session;
}

@ObjectType({ description: "The session that has ended." })
export class RevokeSessionPayload {
  @Field(() => Session, { description: "The session that has ended; its tokens hold no more." })
  session!: Session;
}

@ObjectType({ description: "The password has changed." })
export class ChangePasswordPayload {
  @Field(() => Viewer, { description: "Whose password it is." })
  viewer!: Viewer;

  @Field(() => [Session], { description: "The sessions that have ended: all but the one that asked." })
  endedSessions!: Session[];
}

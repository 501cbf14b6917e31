import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { Viewer } from "../users/viewer.ts";
import {
  ChangePasswordInput,
  LoginInput,
  RefreshTokenInput,
  RegisterInput,
  RevokeSessionInput,
} from "./auth.inputs.ts";
import { AuthPayload, ChangePasswordPayload, LogoutPayload, RevokeSessionPayload } from "./auth.payloads.ts";
import * as auth from "./auth.service.ts";
import { Session } from "./session.ts";
import * as sessions from "./sessions.ts";

@Resolver()
export class AuthResolver {
  @Mutation(() => AuthPayload, { description: "Makes an account and logs it in." })
  register(
    @Arg("input", () => RegisterInput, { description: "The account." }) input: RegisterInput,
    @Ctx() ctx: Context,
  ): Promise<AuthPayload> {
    return auth.register(ctx, input);
  }

  @Mutation(() => AuthPayload, { description: "Logs in with user name or e-mail address, and password." })
  login(
    @Arg("input", () => LoginInput, { description: "Who one is." }) input: LoginInput,
    @Ctx() ctx: Context,
  ): Promise<AuthPayload> {
    return auth.login(ctx, input);
  }

  @Mutation(() => AuthPayload, { description: "New tokens for a refresh token, which is used up by it." })
  refreshToken(
    @Arg("input", () => RefreshTokenInput, { description: "The session to go on with." }) input: RefreshTokenInput,
    @Ctx() ctx: Context,
  ): Promise<AuthPayload> {
    return auth.refresh(ctx, input);
  }

  @Mutation(() => LogoutPayload, { description: "Ends the session that asks; its tokens hold no more, anywhere." })
  async logout(@Ctx() ctx: Context): Promise<LogoutPayload> {
    return { session: await auth.logout(ctx) };
  }

  @Mutation(() => RevokeSessionPayload, { description: "Ends one of the viewer's sessions: a lost telephone." })
  async revokeSession(
    @Arg("input", () => RevokeSessionInput, { description: "Which one." }) input: RevokeSessionInput,
    @Ctx() ctx: Context,
  ): Promise<RevokeSessionPayload> {
    return { session: await auth.revokeSession(ctx, input) };
  }

  @Mutation(() => ChangePasswordPayload, { description: "Changes the password and ends the viewer's other sessions." })
  async changePassword(
    @Arg("input", () => ChangePasswordInput, { description: "The old and the new one." }) input: ChangePasswordInput,
    @Ctx() ctx: Context,
  ): Promise<ChangePasswordPayload> {
    const { user, endedSessions } = await auth.changePassword(ctx, input);
    return { viewer: new Viewer(user), endedSessions };
  }
}

@Resolver(() => Viewer)
export class ViewerSessionsResolver {
  @FieldResolver(() => [Session], {
    description: "Where the user is logged in, the latest login first, at most 100; each can be revoked.",
  })
  sessions(@Root() viewer: Viewer, @Ctx() ctx: Context): Promise<Session[]> {
    return sessions.liveSessions(ctx, viewer.user.id);
  }
}

@Resolver(() => Session)
export class SessionResolver {
  @FieldResolver(() => Boolean, { description: "Whether it is the session that asks." })
  isCurrent(@Root() session: Session, @Ctx() ctx: Context): boolean {
    return session.id === ctx.viewer?.sessionId;
  }
}

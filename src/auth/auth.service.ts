import { validate as isUuid } from "uuid";

import type { Context } from "../kernel/context.ts";
import { badInput, forbidden, notFound, unauthenticated } from "../kernel/errors.ts";
import { checkedName } from "../kernel/text.ts";
import { checkedDisplayName, checkedEmail } from "../users/contact.ts";
import type { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { checkedUsername } from "../users/username.ts";
import type {
  ChangePasswordInput,
  LoginInput,
  RefreshTokenInput,
  RegisterInput,
  RevokeSessionInput,
} from "./auth.inputs.ts";
import type { AuthPayload } from "./auth.payloads.ts";
import { claimedPassword, newPassword } from "./passwords.ts";
import type { Session } from "./session.ts";
import * as sessions from "./sessions.ts";
import { tokenDoesNotHold } from "./token-refusal.ts";

/** As long as the longest thing one can log in with, an e-mail address. */
const LOGIN_MAXIMUM = 254;
/** Our own refresh tokens have some 250 characters. */
const REFRESH_TOKEN_MAXIMUM = 2_048;

/** Makes an account and logs it in. @throws BAD_USER_INPUT, CONFLICT, or FORBIDDEN where registration is closed */
export async function register(ctx: Context, input: RegisterInput): Promise<AuthPayload> {
  const { passwords, openRegistration } = ctx.services.auth;
  if (!openRegistration) throw forbidden("Accounts are made by the administrator here.");
  const username = checkedUsername("username", input.username);
  const displayName = input.displayName == null ? username : checkedDisplayName("displayName", input.displayName);
  const email = input.email == null ? null : checkedEmail("email", input.email);
  const passwordHash = await passwords.hash(newPassword("password", input.password));
  const [user, session] = await ctx.transaction(async (tx) => {
    const made = await users.create(tx, { username, displayName, email, passwordHash });
    return [made, await sessions.begin(tx, made.id)] as const;
  });
  return tokensOf(ctx, user, session);
}

/**
 * Logs in. That there is no such account and that the password is wrong reads the same and takes the same time; that
 * an account is deactivated is said to those alone who know its password.
 *
 * @throws UNAUTHENTICATED
 */
export async function login(ctx: Context, input: LoginInput): Promise<AuthPayload> {
  const name = checkedName("username", input.username, { max: LOGIN_MAXIMUM });
  const password = claimedPassword("password", input.password);
  const user = name.includes("@") ? await users.byEmail(ctx, name) : await users.byUsername(ctx, name);
  const matches = await ctx.services.auth.passwords.matches(user?.passwordHash ?? null, password);
  if (user === null || !matches) throw wrongLogin();
  const session = await ctx.transaction(async (tx) => {
    // The password may have been changed while it was checked: then the sessions have been ended, and none begins.
    if (!(await users.holdPassword(tx, user.id, user.passwordHash))) throw wrongLogin();
    return sessions.begin(tx, user.id);
  });
  return tokensOf(ctx, user, session);
}

/**
 * Goes on with a session: new tokens for the latest refresh token. One that was used before is in two hands, and one of
 * them is a thief's: the session ends.
 *
 * @throws UNAUTHENTICATED
 */
export async function refresh(ctx: Context, input: RefreshTokenInput): Promise<AuthPayload> {
  if (input.refreshToken.length > REFRESH_TOKEN_MAXIMUM) throw tokenDoesNotHold();
  const { sessionId, generation } = await ctx.services.auth.tokens.readRefresh(input.refreshToken);
  const session = await ctx.transaction(async (tx) => {
    const advanced = await sessions.advance(tx, sessionId, generation);
    if (advanced === null) await sessions.revoke(tx, sessionId);
    return advanced;
  });
  if (session === null) throw tokenDoesNotHold();
  return tokensOf(ctx, await ctx.load(users.byIds, session.userId), session);
}

/**
 * A new access token for the session that asks, for clients that have no refresh token (chat8, `POST /auth/refresh`). The
 * session lives on; the token that asks holds until its own end, and a refresh token is as good as before.
 *
 * @throws UNAUTHENTICATED where the session has ended, FORBIDDEN for tokens of another issuer, which renews its own
 */
export async function renew(ctx: Context): Promise<{ accessToken: string; expiresIn: number }> {
  const { userId, sessionId } = ctx.me;
  if (sessions.isForeign(sessionId)) throw forbidden("This token is renewed by whoever issued it.");
  if ((await sessions.prolong(ctx, userId, sessionId)) === null) throw tokenDoesNotHold();
  const { tokens } = ctx.services.auth;
  return { accessToken: await tokens.access(userId, sessionId), expiresIn: tokens.accessSeconds };
}

/** When the viewer's latest session began. @throws UNAUTHENTICATED */
export async function lastLoginAt(ctx: Context): Promise<Date> {
  const began = await sessions.lastBegan(ctx, ctx.me.userId);
  if (began === null) throw tokenDoesNotHold();
  return began;
}

/** Ends the session that asks. @throws UNAUTHENTICATED where it has ended meanwhile */
export async function logout(ctx: Context): Promise<Session> {
  const { userId, sessionId } = ctx.me;
  const ended = await ctx.transaction((tx) => sessions.revokeOf(tx, userId, sessionId));
  if (ended === null) throw tokenDoesNotHold();
  return ended;
}

/** Ends one of the viewer's sessions; its tokens end at once, on every node. @throws NOT_FOUND */
export async function revokeSession(ctx: Context, { sessionId }: RevokeSessionInput): Promise<Session> {
  const { userId } = ctx.me;
  if (!isUuid(sessionId)) throw badInput("sessionId", "sessionId must be the id of a session.");
  const ended = await ctx.transaction((tx) => sessions.revokeOf(tx, userId, sessionId));
  if (ended === null) throw notFound("sessionId", "session");
  return ended;
}

/**
 * Changes the viewer's password and ends their other sessions.
 *
 * @throws BAD_USER_INPUT on currentPassword where it is wrong
 * @throws FORBIDDEN for accounts that log in elsewhere
 */
export async function changePassword(
  ctx: Context,
  input: ChangePasswordInput,
): Promise<{ user: User; endedSessions: Session[] }> {
  const { userId, sessionId } = ctx.me;
  const { passwords } = ctx.services.auth;
  const current = claimedPassword("currentPassword", input.currentPassword);
  const next = newPassword("newPassword", input.newPassword);
  const user = await ctx.load(users.byIds, userId);
  const checked = user.passwordHash;
  if (checked === null) throw forbidden("This account logs in elsewhere and has no password here.");
  if (!(await passwords.matches(checked, current))) throw wrongPassword();
  const passwordHash = await passwords.hash(next);
  const endedSessions = await ctx.transaction(async (tx) => {
    // What was checked may have changed meanwhile: only who changes it first knows the current one.
    if (!(await users.replacePassword(tx, userId, checked, passwordHash))) throw wrongPassword();
    return sessions.revokeOthers(tx, userId, sessionId);
  });
  return { user, endedSessions };
}

const wrongLogin = () => unauthenticated("The user name or the password is wrong.");

const wrongPassword = () => badInput("currentPassword", "The current password is wrong.");

async function tokensOf(ctx: Context, user: User, session: Session): Promise<AuthPayload> {
  const { tokens } = ctx.services.auth;
  return {
    accessToken: await tokens.access(user.id, session.id),
    refreshToken: await tokens.refresh(user.id, session.id, session.generation),
    expiresIn: tokens.accessSeconds,
    user,
  };
}

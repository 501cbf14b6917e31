import { randomBytes } from "node:crypto";

import type { Context } from "../kernel/context.ts";
import { conflict, forbidden, notFound } from "../kernel/errors.ts";
import { globalId } from "../kernel/ids.ts";
import { checkedText } from "../kernel/text.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import { type User, UserRole } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { lockAdministration } from "./administrator.ts";
import { newPassword } from "./passwords.ts";
import * as sessions from "./sessions.ts";

/** Characters of why an account is deactivated, at the most. */
export const DEACTIVATION_REASON_MAXIMUM = 500;
/** Of a password that the server makes: 16 characters. */
const PASSWORD_BYTES = 12;

/**
 * Gives an account another role. Its sessions end at once, on every node: what a session may do is known from its
 * beginning. The role that it has already changes nothing.
 *
 * @throws FORBIDDEN, NOT_FOUND, CONFLICT for the last administrator
 */
export function setRole(ctx: Context, userId: number, role: UserRole): Promise<User> {
  return administering(ctx, userId, (tx, user) => changeRole(tx, user, role));
}

/**
 * Deactivates an account: its sessions end at once, on every node, and nobody logs in to it, by whichever way. What the user
 * wrote and is a member of stays; they are found no more and cannot be reached. A second time changes nothing.
 *
 * @throws FORBIDDEN, NOT_FOUND, BAD_USER_INPUT, CONFLICT for the last administrator
 */
export function deactivate(ctx: Context, userId: number, reason: string | null): Promise<User> {
  const why = reason === null ? null : checkedText("reason", reason, { max: DEACTIVATION_REASON_MAXIMUM });
  return administering(ctx, userId, (tx, user) => putOutOfUse(tx, user, why));
}

/** Puts a deactivated account to use again; its user logs in anew. @throws FORBIDDEN, NOT_FOUND */
export function reactivate(ctx: Context, userId: number): Promise<User> {
  return administering(ctx, userId, putToUse);
}

/**
 * Gives an account another password and ends its sessions. One that had none can be logged in to with it.
 *
 * @param given the new password; null where the server is to make one
 * @returns the account, and the password that was made
 * @throws FORBIDDEN, NOT_FOUND, BAD_USER_INPUT
 */
export async function resetPassword(
  ctx: Context,
  userId: number,
  given: string | null,
): Promise<{ user: User; password: string | null }> {
  demandAdministrator(ctx);
  const made = given === null ? randomBytes(PASSWORD_BYTES).toString("base64url") : null;
  const hash = await ctx.services.auth.passwords.hash(made ?? newPassword("newPassword", given ?? ""));
  const user = await administering(ctx, userId, async (tx) => {
    await tx.sql("update users set password_hash = $2, updated_at = now() where id = $1", [userId, hash]);
    const ended = await sessions.revokeAll(tx, userId);
    await record(tx, "resetPassword", globalId("user", userId), {
      madeByServer: made !== null,
      endedSessions: ended.length,
    });
  });
  return { user, password: made };
}

/** As {@link setRole}, for whoever holds {@link lockAdministration}. */
async function changeRole(tx: Context, user: User, role: UserRole): Promise<void> {
  if (user.role === role) return;
  if (user.role === UserRole.ADMIN) await demandAnotherAdministrator(tx, user);
  await tx.sql("update users set role = $2, updated_at = now() where id = $1", [user.id, role]);
  const ended = await sessions.revokeAll(tx, user.id);
  const details = { from: user.role, to: role, endedSessions: ended.length };
  await record(tx, "setUserRole", user.nodeId, details);
}

/** As {@link deactivate}, for whoever holds {@link lockAdministration}. */
async function putOutOfUse(tx: Context, user: User, reason: string | null): Promise<void> {
  if (user.isDeactivated) return;
  if (user.role === UserRole.ADMIN) await demandAnotherAdministrator(tx, user);
  await tx.sql("update users set deactivated_at = clock_timestamp(), updated_at = now() where id = $1", [user.id]);
  const ended = await sessions.revokeAll(tx, user.id);
  await record(tx, "deactivateUser", user.nodeId, { reason, endedSessions: ended.length });
}

/** As {@link reactivate}, for whoever holds {@link lockAdministration}. */
async function putToUse(tx: Context, user: User): Promise<void> {
  if (!user.isDeactivated) return;
  await tx.sql("update users set deactivated_at = null, updated_at = now() where id = $1", [user.id]);
  await record(tx, "reactivateUser", user.nodeId, { deactivatedAt: user.deactivatedAt });
}

/** Does something to an account, one administrator after the other. @returns the account as it is then */
async function administering(
  ctx: Context,
  userId: number,
  work: (tx: Context, user: User) => Promise<void>,
): Promise<User> {
  demandAdministrator(ctx);
  return ctx.transaction(async (tx) => {
    await lockAdministration(tx);
    // Whoever asks may have been deposed while they waited: of two who depose each other one remains.
    const [me] = await users.byIdsOrNull(tx, [tx.me.userId]);
    if (me?.role !== UserRole.ADMIN || me.isDeactivated) throw forbidden("You are no administrator any more.");
    const [user] = await users.byIdsOrNull(tx, [userId]);
    if (user == null) throw notFound("userId", "user");
    await work(tx, user);
    const [changed] = await users.byIdsOrNull(tx, [userId]);
    return changed ?? user;
  });
}

async function demandAnotherAdministrator(tx: Context, { id }: User): Promise<void> {
  const others = await tx.sql(
    "select 1 from users where role = 'ADMIN' and deactivated_at is null and id <> $1 limit 1",
    [id],
  );
  if (others.length === 0) throw conflict("userId", "The last administrator of the server stays one.");
}

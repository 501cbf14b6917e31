import { randomBytes } from "node:crypto";

import { Context, type Services } from "../kernel/context.ts";
import { record } from "../users/audit-log.ts";
import { User, UserRole } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { checkedUsername } from "../users/username.ts";
import { newPassword } from "./passwords.ts";
import * as sessions from "./sessions.ts";

export interface Administrator {
  readonly username: string;
  readonly password: string;
}

/** Reads a secret from where the server keeps its own, or keeps there what `make` makes. */
export type Keep = (make: () => string) => Promise<{ readonly value: string }>;

/** Any number that nothing else on the database locks: the ASCII codes of "admi". */
const ADMINISTRATOR_LOCK = 0x61646d69;

/** What administrators do to accounts happens one after the other, so that there is one at any time. */
export async function lockAdministration(tx: Context): Promise<void> {
  await tx.sql("select pg_advisory_xact_lock($1)", [ADMINISTRATOR_LOCK]);
}

const FIRST = "admin";
const RANDOM_BYTES = 18;
const AT_START = { requestId: "start", ip: "", userAgent: "" };

/**
 * Sees to it that there is an administrator: the configured one, made or brought up to date; else, where there is none
 * at all, `admin` with a random password that is kept. Of several nodes that start together one does it.
 *
 * @returns name and password of an `admin` that was made now, for the operator to read; else null
 * @throws BAD_USER_INPUT for a configured name or password that no account may have
 * @throws an Error for people where there is no administrator and the name `admin` is taken
 */
export async function ensureAdministrator(
  services: Services,
  configured: Administrator | undefined,
  keep: Keep,
): Promise<Administrator | null> {
  const ctx = new Context(services, AT_START, services.auth.log, null);
  return ctx.transaction(async (tx) => {
    await lockAdministration(tx);
    if (configured !== undefined) return bringUpToDate(tx, configured);
    if ((await tx.em.count(User, { role: UserRole.ADMIN, deactivatedAt: null })) > 0) return null;
    if ((await users.byUsername(tx, FIRST)) !== null) {
      throw new Error(`Nobody is an administrator, and ${FIRST} is somebody's: set ADMIN_USERNAME and ADMIN_PASSWORD.`);
    }
    const { value: password } = await keep(() => randomBytes(RANDOM_BYTES).toString("base64url"));
    await make(tx, { username: FIRST, password });
    return { username: FIRST, password };
  });
}

async function bringUpToDate(tx: Context, configured: Administrator): Promise<null> {
  const username = checkedUsername("ADMIN_USERNAME", configured.username);
  const password = newPassword("ADMIN_PASSWORD", configured.password);
  const user = await users.byUsername(tx, username);
  if (user === null) {
    await make(tx, { username, password });
    return null;
  }
  const { passwords } = tx.services.auth;
  const isInUse = user.role === UserRole.ADMIN && !user.isDeactivated;
  if (isInUse && (await passwords.matches(user.passwordHash, password))) return null;
  await tx.sql(
    "update users set role = $2, password_hash = $3, deactivated_at = null, updated_at = now() where id = $1",
    [user.id, UserRole.ADMIN, await passwords.hash(password)],
  );
  // Whoever was in with the old password, or in the old role, comes in anew.
  await sessions.revokeAll(tx, user.id);
  await record(tx, AT_START.requestId, user.nodeId, { from: user.role, to: UserRole.ADMIN });
  return null;
}

async function make(tx: Context, { username, password }: Administrator): Promise<void> {
  const passwordHash = await tx.services.auth.passwords.hash(password);
  const user = await users.create(tx, { username, displayName: username, passwordHash, role: UserRole.ADMIN });
  await record(tx, AT_START.requestId, user.nodeId, { from: null, to: UserRole.ADMIN });
}

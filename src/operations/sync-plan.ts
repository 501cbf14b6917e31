import { badInput, conflict, Failure } from "../kernel/errors.ts";
import { type User, UserRole } from "../users/user.ts";
import type { SyncRow } from "./sync-row.ts";

/** An account as it is to be. */
export interface Target {
  readonly externalId: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly avatarUrl: string | null;
  readonly role: UserRole;
}

/** What is to be done about a row. */
export type Step =
  | { readonly status: "CREATED"; readonly target: Target }
  | { readonly status: "UPDATED"; readonly user: User; readonly target: Target }
  | { readonly status: "UNCHANGED"; readonly user: User }
  | { readonly status: "FAILED"; readonly error: Failure };

/** A row as the database folds its names, and who has them already. */
export interface Claim {
  readonly username: string | null;
  readonly email: string | null;
  readonly usernameOf: number | null;
  readonly emailOf: number | null;
}

/** Decides about one row after the other, so that of two that want the same the first one gets it. */
export class SyncPlan {
  readonly #externalIds = new Set<string>();
  readonly #usernames = new Set<string>();
  readonly #emails = new Set<string>();

  /** @param administrators active administrators of the server */
  constructor(private administrators: number) {}

  decide(row: SyncRow, user: User | undefined, claim: Claim): Step {
    try {
      return this.#decided(row, user, claim);
    } catch (error) {
      if (error instanceof Failure) return { status: "FAILED", error };
      throw error;
    }
  }

  #decided(row: SyncRow, user: User | undefined, claim: Claim): Step {
    if (this.#externalIds.has(row.externalId)) {
      throw conflict("externalId", "An earlier row of this call has the same external id.");
    }
    const target = targetOf(row, user);
    if (claim.username !== null) demandFree("username", claim.username, claim.usernameOf, user, this.#usernames);
    if (claim.email !== null) demandFree("email", claim.email, claim.emailOf, user, this.#emails);
    this.#countAdministrator(user, target);
    this.#externalIds.add(row.externalId);
    if (claim.username !== null) this.#usernames.add(claim.username);
    if (claim.email !== null) this.#emails.add(claim.email);
    if (user === undefined) return { status: "CREATED", target };
    return isAs(user, target) ? { status: "UNCHANGED", user } : { status: "UPDATED", user, target };
  }

  /** The last administrator of the server stays one. */
  #countAdministrator(user: User | undefined, target: Target): void {
    const was = user?.role === UserRole.ADMIN && !user.isDeactivated;
    const is = target.role === UserRole.ADMIN && user?.isDeactivated !== true;
    if (was && !is && this.administrators === 1) {
      throw conflict("role", "The last administrator of the server stays one.");
    }
    this.administrators += Number(is) - Number(was);
  }
}

function targetOf(row: SyncRow, user: User | undefined): Target {
  const username = row.username ?? user?.username;
  if (username === undefined) throw badInput("username", "A new account needs a username.");
  return {
    externalId: row.externalId,
    username,
    displayName: row.displayName ?? user?.displayName ?? username,
    email: row.email === undefined ? (user?.email ?? null) : row.email,
    phone: row.phone === undefined ? (user?.phone ?? null) : row.phone,
    avatarUrl: row.avatarUrl === undefined ? (user?.avatarUrl ?? null) : row.avatarUrl,
    role: row.role ?? user?.role ?? UserRole.USER,
  };
}

const TAKEN = {
  username: "This user name is taken.",
  email: "There is an account with this e-mail address.",
} as const;

/** A name that another account had when the call began is taken, whatever the call makes of that account. */
function demandFree(
  field: "username" | "email",
  name: string,
  owner: number | null,
  user: User | undefined,
  ofThisCall: ReadonlySet<string>,
): void {
  if (ofThisCall.has(name) || (owner !== null && owner !== user?.id)) throw conflict(field, TAKEN[field]);
}

const isAs = (user: User, target: Target): boolean =>
  (["username", "displayName", "email", "phone", "avatarUrl", "role"] as const).every(
    (field) => user[field] === target[field],
  );

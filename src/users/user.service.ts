import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { badInput, conflict, notFound, unauthenticated } from "../kernel/errors.ts";
import { User, type UserRole } from "./user.ts";
import { USER_COLUMNS, userFrom } from "./user-row.ts";
import { normalName } from "./username.ts";

/** An account to make; everything in it has been checked. */
export interface NewUser {
  readonly username: string;
  readonly displayName: string;
  readonly email?: string | null;
  readonly passwordHash?: string | null;
  readonly externalId?: string | null;
  readonly role?: UserRole;
}

/** Makes an account. @throws CONFLICT naming what is taken: username, email */
export async function create(tx: Context, account: NewUser): Promise<User> {
  const user = Object.assign(new User(), account);
  tx.em.persist(user);
  await refusingTaken(() => tx.em.flush());
  return user;
}

/** Everybody with one of the ids, in their order; an unknown id yields NOT_FOUND. For `ctx.load`. */
export async function byIds(ctx: Context, ids: readonly number[]): Promise<(User | Error)[]> {
  const found = await byIdsOrNull(ctx, ids);
  return found.map((user) => user ?? notFound("id", "user"));
}

/** As {@link byIds}, with null for an unknown id. Each call reads afresh: a socket's context lives for long. */
export async function byIdsOrNull(ctx: Context, ids: readonly number[]): Promise<(User | null)[]> {
  const rows = await ctx.sql(`select ${USER_COLUMNS} from users where id = any ($1)`, [ids]);
  const found = new Map(rows.map((row) => [Number(row.id), userFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** As {@link byIdsOrNull}, for those who are logged in: nobody else may ask who is here. @throws UNAUTHENTICATED */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(User | null)[]> {
  if (ctx.viewer === null) throw unauthenticated();
  return byIdsOrNull(ctx, ids);
}

/**
 * Somebody by one of the two; null where there is nobody.
 *
 * @throws BAD_USER_INPUT where none or both are given
 */
export async function find(ctx: Context, by: { id: number | null; username: string | null }): Promise<User | null> {
  if (ctx.viewer === null) throw unauthenticated();
  if (by.id !== null && by.username === null) return ctx.load(visibleByIds, by.id);
  if (by.id === null && by.username !== null) return byUsername(ctx, by.username);
  throw badInput(by.id === null ? "id" : "username", "Give an id or a user name, one of the two.");
}

/** Who has the user name, case ignored; null where nobody has. */
export async function byUsername(ctx: Context, username: string): Promise<User | null> {
  return byText(ctx, "username", normalName(username));
}

/** Who has the e-mail address, case ignored; null where nobody has. */
export async function byEmail(ctx: Context, email: string): Promise<User | null> {
  return byText(ctx, "email", email);
}

/** What may be changed of an account; undefined stays as it is. Everything in it has been checked. */
export type UserChanges = Partial<
  Pick<User, "username" | "displayName" | "email" | "phone" | "avatarUrl" | "directMessagePolicy">
>;

/** Changes an account. @throws CONFLICT naming what is taken: username, email */
export async function change(tx: Context, userId: number, changes: UserChanges): Promise<User> {
  const user = await tx.em.findOneOrFail(User, { id: userId });
  Object.assign(user, changes, { updatedAt: new Date() });
  await refusingTaken(() => tx.em.flush());
  return user;
}

/**
 * Gives an account a new password hash in place of the one that was checked.
 *
 * @returns false where it has another one by now
 */
export async function replacePassword(tx: Context, userId: number, checked: string, hash: string): Promise<boolean> {
  const rows = await tx.sql(
    `update users set password_hash = $3, updated_at = now() where id = $1 and password_hash = $2 returning id`,
    [userId, checked, hash],
  );
  return rows.length === 1;
}

/** Sees to it that an account's password stays as it was checked until the commit. @returns false where it is another */
export async function holdPassword(tx: Context, userId: number, checked: string | null): Promise<boolean> {
  const rows = await tx.sql("select 1 from users where id = $1 and password_hash = $2 for no key update", [
    userId,
    checked,
  ]);
  return rows.length === 1;
}

async function byText(ctx: Context, column: "username" | "email", text: string): Promise<User | null> {
  if (text.includes("\0") || !text.isWellFormed()) return null;
  const rows = await ctx.sql<{ id: string }>(`select id from users where lower(${column}) = lower($1)`, [text]);
  const id = rows[0]?.id;
  return id === undefined ? null : ctx.load(byIdsOrNull, Number(id));
}

const UNIQUE_VIOLATION = "23505";
const TAKEN = new Map([
  ["users_username_key", () => conflict("username", "This user name is taken.")],
  ["users_email_key", () => conflict("email", "There is an account with this e-mail address.")],
]);

/** The database decides who was first; its refusal becomes ours. */
async function refusingTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const taken =
      isDatabaseError(error) && error.code === UNIQUE_VIOLATION ? TAKEN.get(error.constraint ?? "") : undefined;
    throw taken === undefined ? error : taken();
  }
}

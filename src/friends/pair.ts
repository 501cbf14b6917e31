import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";

/** Two people between whom something is about to change. */
export interface Pair {
  /** The viewer. */
  readonly me: number;
  readonly other: number;
}

/**
 * Takes the locks of the viewer's and the other's row, the smaller id first: whatever changes between two people happens
 * one after the other, so that what is checked holds until the commit.
 *
 * @throws BAD_USER_INPUT for oneself
 * @throws NOT_FOUND for nobody
 */
export async function lockPair(tx: Context, other: number, field: string): Promise<Pair> {
  const { userId: me } = tx.me;
  if (other === me) throw badInput(field, `${field} must be somebody else's.`);
  const rows = await tx.sql("select id from users where id in ($1, $2) order by id for no key update", [me, other]);
  if (rows.length < 2) throw notFound(field, "user");
  return { me, other };
}

/** Makes two people friends. */
export async function befriend(tx: Context, { me, other }: Pair): Promise<void> {
  await tx.sql("insert into friendships (user_id, friend_id) values ($1, $2), ($2, $1) on conflict do nothing", [
    me,
    other,
  ]);
}

/** Ends a friendship. @returns false where there was none */
export async function unfriend(tx: Context, { me, other }: Pair): Promise<boolean> {
  const ended = await tx.sql(
    `delete from friendships where user_id = $1 and friend_id = $2 or user_id = $2 and friend_id = $1 returning user_id`,
    [me, other],
  );
  return ended.length > 0;
}

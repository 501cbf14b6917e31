import type { Context } from "../kernel/context.ts";
import { notFound } from "../kernel/errors.ts";
import { tellNodes } from "./block-news.ts";
import { FriendshipChange, tellBoth, tellMe } from "./friendship-event.ts";
import { lockPair, unfriend } from "./pair.ts";
import * as requests from "./requests.ts";

/**
 * Blocks somebody: they are friends no more, the viewer's request to them is taken back and theirs is rejected, and the
 * blocked person can neither ask nor write. They are told of what has ended, as if it had ended by hand, not of the
 * block. Blocking once more changes nothing.
 *
 * @throws NOT_FOUND for nobody
 */
export async function block(ctx: Context, userId: number): Promise<void> {
  await ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, userId, "userId");
    const made = await tx.sql(
      "insert into blocks (user_id, blocked_id) values ($1, $2) on conflict do nothing returning user_id",
      [pair.me, pair.other],
    );
    if (made.length === 0) return;
    if (await unfriend(tx, pair)) tellBoth(tx, pair, FriendshipChange.REMOVED, null);
    for (const { id, fromUserId } of await requests.settleBetween(tx, pair)) {
      tellBoth(tx, pair, fromUserId === pair.me ? FriendshipChange.CANCELLED : FriendshipChange.REJECTED, id);
    }
    tellMe(tx, pair, FriendshipChange.BLOCKED);
    tellNodes(tx, pair);
  });
}

/** Lifts a block. What it ended stays ended. @throws NOT_FOUND where the viewer has not blocked them */
export async function unblock(ctx: Context, userId: number): Promise<void> {
  await ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, userId, "userId");
    const lifted = await tx.sql("delete from blocks where user_id = $1 and blocked_id = $2 returning user_id", [
      pair.me,
      pair.other,
    ]);
    if (lifted.length === 0) throw notFound("userId", "blocked user");
    tellMe(tx, pair, FriendshipChange.UNBLOCKED);
    tellNodes(tx, pair);
  });
}

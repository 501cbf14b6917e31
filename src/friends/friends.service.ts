import type { Context } from "../kernel/context.ts";
import { conflict, forbidden, notFound } from "../kernel/errors.ts";
import { checkedText } from "../kernel/text.ts";
import { spend } from "../users/daily-quota.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { type FriendRequest, FriendRequestStatus } from "./friend-request.ts";
import { FriendshipChange, tellBoth } from "./friendship-event.ts";
import { type Pair, befriend, lockPair, unfriend } from "./pair.ts";
import { blockedByYou, unreachable } from "./reach.ts";
import * as requests from "./requests.ts";
import { standings } from "./standing.ts";

/** Characters of what is said with a request. */
const MESSAGE_MAXIMUM = 500;
/** Friend requests that somebody may send a day (UTC); each of them is told, and pushed, to somebody else. */
export const REQUESTS_A_DAY = 300;

/**
 * Asks somebody to be friends; somebody who asked already is answered with yes.
 *
 * @returns the new request, or the other's, which is accepted by it
 * @throws CONFLICT where the two are friends or the viewer has asked already
 * @throws FORBIDDEN where one of them has blocked the other, or the other's account is deactivated
 * @throws RATE_LIMITED after so many requests a day
 */
export async function request(ctx: Context, userId: number, words: string | null): Promise<FriendRequest> {
  const message = words === null ? null : checkedText("message", words, { max: MESSAGE_MAXIMUM });
  return ctx.transaction(async (tx) => {
    await spend(tx, "friendRequests", REQUESTS_A_DAY);
    const pair = await lockPair(tx, userId, "userId");
    const [between] = await standings(tx, [userId]);
    if (between?.blocking === true) throw blockedByYou("userId");
    if (between?.blocked === true) throw unreachable("userId");
    const [other] = await byIdsOrNull(tx, [userId]);
    if (other?.isDeactivated === true) throw unreachable("userId");
    if (between?.friends === true) throw conflict("userId", "You are friends already.");
    if (between?.asked === true) throw conflict("userId", "You have asked this person already.");
    const theirs = await requests.pending(tx, pair.other, pair.me);
    if (theirs !== null) return accept(tx, pair, theirs, "userId");
    const made = await requests.insert(tx, pair, message);
    tellBoth(tx, pair, FriendshipChange.REQUESTED, made.id);
    return made;
  });
}

/**
 * Says yes or no to a request.
 *
 * @throws NOT_FOUND for one that is neither from nor to the viewer, FORBIDDEN for one's own
 * @throws CONFLICT where it waits no more
 */
export async function respond(ctx: Context, friendRequestId: number, yes: boolean): Promise<FriendRequest> {
  const asked = await requests.visible(ctx, friendRequestId, "friendRequestId");
  if (asked.toUserId !== ctx.me.userId) throw forbidden("It is not yours to answer.", "friendRequestId");
  return ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, asked.fromUserId, "friendRequestId");
    if (yes) return accept(tx, pair, asked, "friendRequestId");
    const rejected = await requests.settle(tx, asked.id, FriendRequestStatus.REJECTED, "friendRequestId");
    tellBoth(tx, pair, FriendshipChange.REJECTED, rejected.id);
    return rejected;
  });
}

/**
 * Takes back a request.
 *
 * @throws NOT_FOUND for one that is neither from nor to the viewer, FORBIDDEN for somebody else's
 * @throws CONFLICT where it waits no more
 */
export async function cancel(ctx: Context, friendRequestId: number): Promise<FriendRequest> {
  const sent = await requests.visible(ctx, friendRequestId, "friendRequestId");
  if (sent.fromUserId !== ctx.me.userId) throw forbidden("It is not yours to take back.", "friendRequestId");
  return ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, sent.toUserId, "friendRequestId");
    const cancelled = await requests.settle(tx, sent.id, FriendRequestStatus.CANCELLED, "friendRequestId");
    tellBoth(tx, pair, FriendshipChange.CANCELLED, cancelled.id);
    return cancelled;
  });
}

/** Ends a friendship. @throws NOT_FOUND where the two are no friends */
export async function remove(ctx: Context, userId: number): Promise<void> {
  await ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, userId, "userId");
    if (!(await unfriend(tx, pair))) throw notFound("userId", "friend");
    tellBoth(tx, pair, FriendshipChange.REMOVED, null);
  });
}

async function accept(tx: Context, pair: Pair, asked: FriendRequest, field: string): Promise<FriendRequest> {
  const accepted = await requests.settle(tx, asked.id, FriendRequestStatus.ACCEPTED, field);
  await befriend(tx, pair);
  tellBoth(tx, pair, FriendshipChange.ACCEPTED, accepted.id);
  return accepted;
}

import { FriendRequestStatus } from "../friends/friend-request.ts";
import { held } from "../friends/requests.ts";
import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { notify } from "./notify.ts";

/**
 * Brings what the two people were notified of up to what became of a friend request: who is asked is told of it while
 * it waits, who asked is told of a yes, and of a no nobody.
 */
export async function notifyOfFriendRequest(
  ctx: Context,
  { friendRequestId }: { friendRequestId: number },
): Promise<void> {
  await ctx.transaction(async (tx) => {
    const request = await held(tx, friendRequestId);
    if (request === null) return;
    const { id, status, fromUserId, toUserId, message } = request;
    const data = { friendRequestId: globalId("friendRequest", id), status };
    const asked = `friend-request:${id}`;
    if (status === FriendRequestStatus.PENDING) {
      await notify(tx, [toUserId], {
        type: "FRIEND_REQUEST",
        actorId: fromUserId,
        content: message ?? "",
        data,
        key: asked,
      });
    } else if (status === FriendRequestStatus.CANCELLED) {
      await tx.sql("delete from notifications where user_id = $1 and key = $2", [toUserId, asked]);
    } else {
      await tx.sql(
        `update notifications set read_at = coalesce(read_at, clock_timestamp()), data = $3::jsonb
         where user_id = $1 and key = $2`,
        [toUserId, asked, JSON.stringify(data)],
      );
    }
    if (status !== FriendRequestStatus.ACCEPTED) return;
    const friend = await tx.load(byIdsOrNull, toUserId);
    if (friend === null) return;
    await notify(tx, [fromUserId], {
      type: "FRIEND_REQUEST",
      actorId: toUserId,
      title: `${friend.displayName} accepted your friend request`,
      content: "",
      data,
      key: `friend-accepted:${id}`,
    });
  });
}

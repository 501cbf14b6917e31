import { registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";

/** How the viewer stands to somebody. */
export enum FriendshipState {
  NONE = "NONE",
  REQUEST_SENT = "REQUEST_SENT",
  REQUEST_RECEIVED = "REQUEST_RECEIVED",
  FRIENDS = "FRIENDS",
  BLOCKED = "BLOCKED",
  SELF = "SELF",
}
registerEnumType(FriendshipState, {
  name: "FriendshipState",
  description: "How the viewer stands to somebody.",
  valuesConfig: {
    NONE: { description: "Nothing is between them, or nobody is logged in." },
    REQUEST_SENT: { description: "The viewer has asked to be friends and has no answer yet." },
    REQUEST_RECEIVED: { description: "The viewer was asked and has not answered yet." },
    FRIENDS: { description: "They are friends." },
    BLOCKED: { description: "The viewer has blocked the person. Of being blocked nobody is told." },
    SELF: { description: "It is the viewer." },
  },
});

/** What is between the viewer and somebody, as the tables say it. */
export interface Standing {
  readonly friends: boolean;
  /** Whether the viewer has blocked the other. */
  readonly blocking: boolean;
  /** Whether the other has blocked the viewer: not to be told. */
  readonly blocked: boolean;
  /** Whether the viewer has asked the other, and waits. */
  readonly asked: boolean;
  /** Whether the other has asked the viewer, and waits. */
  readonly wasAsked: boolean;
}

/** What is between the viewer and each of these users, in their order. */
export async function standings(ctx: Context, userIds: readonly number[]): Promise<Standing[]> {
  return ctx.sql<Standing & Record<string, unknown>>(
    `select exists (select 1 from friendships where user_id = $1 and friend_id = o.id) as friends,
       exists (select 1 from blocks where user_id = $1 and blocked_id = o.id) as blocking,
       exists (select 1 from blocks where user_id = o.id and blocked_id = $1) as blocked,
       exists (select 1 from friend_requests
         where from_user_id = $1 and to_user_id = o.id and status = 'PENDING') as asked,
       exists (select 1 from friend_requests
         where from_user_id = o.id and to_user_id = $1 and status = 'PENDING') as "wasAsked"
     from unnest($2::bigint[]) with ordinality as o (id, place) order by o.place`,
    [ctx.me.userId, userIds],
  );
}

/** How the viewer stands to each of these users, in their order. For `ctx.load`. */
export async function states(ctx: Context, userIds: readonly number[]): Promise<FriendshipState[]> {
  const { viewer } = ctx;
  if (viewer === null) return userIds.map(() => FriendshipState.NONE);
  const found = await standings(ctx, userIds);
  return found.map((standing, place) => (userIds[place] === viewer.userId ? FriendshipState.SELF : stateOf(standing)));
}

function stateOf({ blocking, friends, asked, wasAsked }: Standing): FriendshipState {
  if (blocking) return FriendshipState.BLOCKED;
  if (friends) return FriendshipState.FRIENDS;
  if (asked) return FriendshipState.REQUEST_SENT;
  return wasAsked ? FriendshipState.REQUEST_RECEIVED : FriendshipState.NONE;
}

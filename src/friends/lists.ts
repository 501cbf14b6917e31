import { registerEnumType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { type Connection, type PageArguments, connection, connectionType, pageRequest } from "../kernel/pages.ts";
import { pageOfPeople } from "../users/people.ts";
import type { User } from "../users/user.ts";
import { USER_COLUMNS, userFrom } from "../users/user-row.ts";
import { FriendRequest } from "./friend-request.ts";
import { REQUEST_COLUMNS, requestOf } from "./requests.ts";

/** FriendRequestConnection and FriendRequestEdge. */
export const FriendRequestPage = connectionType(FriendRequest, "FriendRequest");

/** Whose requests: those to the viewer, or those by the viewer. */
export enum FriendRequestDirection {
  INCOMING = "INCOMING",
  OUTGOING = "OUTGOING",
}
registerEnumType(FriendRequestDirection, {
  name: "FriendRequestDirection",
  description: "Whose requests.",
  valuesConfig: {
    INCOMING: { description: "Those that the viewer may answer." },
    OUTGOING: { description: "Those that the viewer has sent." },
  },
});

/** The viewer's friends, by user name. */
export const friends = (ctx: Context, page: PageArguments): Promise<Connection<User>> =>
  pageOfPeople(ctx, page, "u.id in (select friend_id from friendships where user_id = $1)", [ctx.me.userId]);

/** Friends of a list that has no pages, in the older APIs, at the most. */
export const FRIENDS_SHOWN = 5_000;

/** All of the viewer's friends, by user name; {@link FRIENDS_SHOWN} at the most. */
export async function everyFriend(ctx: Context): Promise<User[]> {
  const rows = await ctx.sql(
    `select ${USER_COLUMNS} from users u where u.id in (select f.friend_id from friendships f where f.user_id = $1)
     order by lower(u.username) limit $2`,
    [ctx.me.userId, FRIENDS_SHOWN],
  );
  return rows.map(userFrom);
}

/** Whom the viewer has blocked, by user name. */
export const blocked = (ctx: Context, page: PageArguments): Promise<Connection<User>> =>
  pageOfPeople(ctx, page, "u.id in (select blocked_id from blocks where user_id = $1)", [ctx.me.userId]);

/** The requests from and to the viewer, or of one direction, that wait for an answer; the newest first. */
export async function pendingRequests(
  ctx: Context,
  { direction, ...page }: PageArguments & { direction?: FriendRequestDirection | null | undefined },
): Promise<Connection<FriendRequest>> {
  const request = pageRequest(page, ["number"]);
  const rows = await ctx.sql(
    `select ${REQUEST_COLUMNS} from friend_requests
     where status = 'PENDING' and ${WHOSE[direction ?? "BOTH"]}
       and ($2::bigint is null or id < $2) and ($3::bigint is null or id > $3)
     order by id ${request.fromEnd ? "asc" : "desc"} limit $4`,
    [ctx.me.userId, keyOf(request.after), keyOf(request.before), request.size + 1],
  );
  return connection(request, rows.map(requestOf), ({ id }) => [id]);
}

const WHOSE = {
  INCOMING: "to_user_id = $1",
  OUTGOING: "from_user_id = $1",
  BOTH: "(from_user_id = $1 or to_user_id = $1)",
};

const keyOf = (key: readonly (string | number)[] | null): number | null => (key === null ? null : Number(key[0]));

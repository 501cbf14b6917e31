import { time, timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { conflict, notFound } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { FriendRequest, FriendRequestStatus } from "./friend-request.ts";
import type { Pair } from "./pair.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** A request was made or settled. */
    friendRequestChanged: { readonly friendRequestId: number };
  }
}

export const REQUEST_COLUMNS = "id, from_user_id, to_user_id, message, status, created_at, responded_at";

/** The requests of these ids that are from or to the viewer, in the order of the ids; null for the others. */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(FriendRequest | null)[]> {
  const rows = await ctx.sql(
    `select ${REQUEST_COLUMNS} from friend_requests where id = any ($1) and $2 in (from_user_id, to_user_id)`,
    [ids, ctx.me.userId],
  );
  const found = new Map(rows.map((row) => [Number(row["id"]), requestOf(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** @throws NOT_FOUND for a request that is neither from nor to the viewer */
export async function visible(ctx: Context, id: number, field: string): Promise<FriendRequest> {
  const request = await ctx.load(visibleByIds, id);
  if (request === null) throw notFound(field, "friend request");
  return request;
}

/** A request, whoever asks; nobody changes it until the transaction ends. Null where there is none. */
export async function held(tx: Context, id: number): Promise<FriendRequest | null> {
  const [row] = await tx.sql(`select ${REQUEST_COLUMNS} from friend_requests where id = $1 for share`, [id]);
  return row === undefined ? null : requestOf(row);
}

/** The request from one to the other that waits for an answer. */
export async function pending(tx: Context, fromUserId: number, toUserId: number): Promise<FriendRequest | null> {
  const [row] = await tx.sql(
    `select ${REQUEST_COLUMNS} from friend_requests where from_user_id = $1 and to_user_id = $2 and status = 'PENDING'`,
    [fromUserId, toUserId],
  );
  return row === undefined ? null : requestOf(row);
}

/** Stores a request of the viewer's. */
export async function insert(tx: Context, { me, other }: Pair, message: string | null): Promise<FriendRequest> {
  const rows = await tx.sql(
    `insert into friend_requests (from_user_id, to_user_id, message) values ($1, $2, $3) returning ${REQUEST_COLUMNS}`,
    [me, other, message],
  );
  return changed(tx, rows[0] as Row);
}

/** Settles a request that waits. @throws CONFLICT where it waits no more */
export async function settle(
  tx: Context,
  id: number,
  status: Exclude<FriendRequestStatus, FriendRequestStatus.PENDING>,
  field: string,
): Promise<FriendRequest> {
  const [row] = await tx.sql(
    `update friend_requests set status = $2, responded_at = now()
     where id = $1 and status = 'PENDING' returning ${REQUEST_COLUMNS}`,
    [id, status],
  );
  if (row === undefined) throw conflict(field, "This request does not wait for an answer any more.");
  return changed(tx, row);
}

/**
 * Settles whatever waits between two people as the viewer could have done by hand: takes back their own request, and
 * says no to the other's. @returns what was settled
 */
export async function settleBetween(tx: Context, { me, other }: Pair): Promise<FriendRequest[]> {
  const rows = await tx.sql(
    `update friend_requests set status = case when from_user_id = $1 then $3 else $4 end, responded_at = now()
     where status = 'PENDING' and (from_user_id = $1 and to_user_id = $2 or from_user_id = $2 and to_user_id = $1)
     returning ${REQUEST_COLUMNS}`,
    [me, other, FriendRequestStatus.CANCELLED, FriendRequestStatus.REJECTED],
  );
  const settled: FriendRequest[] = [];
  for (const row of rows) settled.push(await changed(tx, row));
  return settled;
}

/** A request that was written, which others are to hear of. */
async function changed(tx: Context, row: Row): Promise<FriendRequest> {
  const request = requestOf(row);
  await queueJob(tx, "friendRequestChanged", { friendRequestId: request.id });
  return request;
}

export function requestOf(row: Row): FriendRequest {
  return Object.assign(new FriendRequest(), {
    id: Number(row["id"]),
    fromUserId: Number(row["from_user_id"]),
    toUserId: Number(row["to_user_id"]),
    message: row["message"] as string | null,
    status: row["status"] as FriendRequestStatus,
    createdAt: time(row["created_at"]),
    respondedAt: timeOrNull(row["responded_at"]),
  });
}

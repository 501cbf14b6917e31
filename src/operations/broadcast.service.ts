import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { checkedJson } from "../kernel/json.ts";
import type { Connection, PageArguments } from "../kernel/pages.ts";
import { checkedLine, checkedText } from "../kernel/text.ts";
import { administers, demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import type { UserRole } from "../users/user.ts";
import { BROADCAST_COLUMNS, type Broadcast, broadcastFrom, isFor } from "./broadcast.ts";
import { Filter, type Timeline, pageOf } from "./timeline.ts";

/** Characters of a broadcast's title and content, at the most. */
export const BROADCAST_TITLE_MAXIMUM = 100;
export const BROADCAST_CONTENT_MAXIMUM = 2_000;
/** Bytes of a broadcast's data, as JSON. */
export const BROADCAST_DATA_MAXIMUM_BYTES = 4_096;
/** Users that a broadcast names, at the most. More are a role, or everybody. */
export const BROADCAST_USERS_MAXIMUM = 1_000;

const BROADCASTS: Timeline<Broadcast> = {
  table: "broadcasts",
  columns: BROADCAST_COLUMNS,
  time: "created_at",
  itemOf: broadcastFrom,
  timeOf: ({ createdAt }) => createdAt,
};

/** What is said to whom: to one of roles and users, or to everybody where neither is given. */
export interface NewBroadcast {
  readonly title: string;
  readonly content: string;
  readonly data?: unknown;
  readonly toRoles?: readonly UserRole[] | null | undefined;
  readonly toUserIds?: readonly number[] | null | undefined;
}

/**
 * Says something to many: those who are connected hear it live, by one event for all of them, and everybody gets a
 * notification, once, by jobs that make some at a time. Whose account is deactivated gets none.
 *
 * @throws FORBIDDEN, BAD_USER_INPUT, NOT_FOUND for users whom there are not
 */
export async function send(ctx: Context, input: NewBroadcast): Promise<Broadcast> {
  demandAdministrator(ctx);
  const title = checkedLine("title", input.title, { min: 1, max: BROADCAST_TITLE_MAXIMUM });
  const content = checkedText("content", input.content, { min: 1, max: BROADCAST_CONTENT_MAXIMUM });
  const data = checkedJson("data", input.data, BROADCAST_DATA_MAXIMUM_BYTES);
  const { roles, userIds } = audienceOf(input);
  return ctx.transaction(async (tx) => {
    const recipients = await countOf(tx, roles, userIds);
    if (userIds !== null && recipients < userIds.length) throw notFound("toUserIds", "user");
    const [row] = await tx.sql(
      `insert into broadcasts (sender_id, title, content, data, to_roles, to_user_ids, recipient_count)
       values ($1, $2, $3, $4::jsonb, $5, $6, $7) returning ${BROADCAST_COLUMNS}`,
      [tx.me.userId, title, content, data, roles, userIds, recipients],
    );
    const broadcast = broadcastFrom(row as Row);
    const { nodeId } = broadcast;
    // Without an actor: whoever has blocked the administrator is told what the server has to say all the same.
    const notice = { type: "BROADCAST", title, content, data: { broadcastId: nodeId }, key: nodeId } as const;
    await queueJob(tx, "notify", { to: userIds === null ? { roles } : { userIds }, notice });
    await record(tx, "sendBroadcast", nodeId, { title, toRoles: roles, toUsers: userIds?.length ?? null, recipients });
    tx.afterCommit(() => tx.services.broadcasts.publish(row as Row));
    return broadcast;
  });
}

/** What was said, the latest first. @throws FORBIDDEN for everybody but administrators */
export function list(ctx: Context, page: PageArguments): Promise<Connection<Broadcast>> {
  demandAdministrator(ctx);
  return pageOf(ctx, BROADCASTS, new Filter(), page);
}

/** Those of these that are for the viewer, or all of them for administrators, in the order of the ids. */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(Broadcast | null)[]> {
  const { userId, role } = ctx.me;
  const rows = await ctx.sql(`select ${BROADCAST_COLUMNS} from broadcasts where id = any ($1)`, [ids]);
  const visible = rows.map(broadcastFrom).filter((it) => administers(ctx) || isFor(it, userId, role));
  const found = new Map(visible.map((broadcast) => [broadcast.id, broadcast]));
  return ids.map((id) => found.get(id) ?? null);
}

interface Audience {
  readonly roles: UserRole[] | null;
  readonly userIds: number[] | null;
}

function audienceOf({ toRoles, toUserIds }: NewBroadcast): Audience {
  if (toRoles != null && toUserIds != null) throw badInput("toUserIds", "Give toRoles or toUserIds, not both.");
  if (toRoles?.length === 0) throw badInput("toRoles", "toRoles must not be empty.", 1);
  if (toUserIds?.length === 0) throw badInput("toUserIds", "toUserIds must not be empty.", 1);
  if (toUserIds != null && toUserIds.length > BROADCAST_USERS_MAXIMUM) {
    throw badInput(
      "toUserIds",
      `toUserIds may have at most ${BROADCAST_USERS_MAXIMUM} items.`,
      BROADCAST_USERS_MAXIMUM,
    );
  }
  return {
    roles: toRoles == null ? null : [...new Set(toRoles)],
    userIds: toUserIds == null ? null : [...new Set(toUserIds)],
  };
}

/** How many accounts in use there are of these; of those that are named, also the closed ones. */
async function countOf(tx: Context, roles: UserRole[] | null, userIds: number[] | null): Promise<number> {
  const [condition, those] =
    userIds === null
      ? ["deactivated_at is null and ($1::text[] is null or role = any ($1))", roles]
      : ["id = any ($1)", userIds];
  const [row] = await tx.sql<{ n: string }>(`select count(*) as n from users where ${condition}`, [those]);
  return Number(row?.n);
}

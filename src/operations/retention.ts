import { tellMembers } from "../conversations/conversation-event.ts";
import type { Conversation } from "../conversations/conversation.ts";
import { appendNote } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { changing, fresh, nameOf } from "../rooms/change.ts";
import { demand } from "../rooms/permissions.ts";
import { record } from "../users/audit-log.ts";

/** How long messages are kept; null is for good. */
export interface Keeping {
  /** Days since they were written. */
  readonly days: number | null;
  /** The newest so many of a conversation. */
  readonly messages: number | null;
}

declare module "../kernel/context.ts" {
  interface Services {
    /** How long messages are kept where nothing else is said: RETENTION_DAYS, RETENTION_MESSAGES. */
    retention: Keeping;
  }
}

/** Bounds of what can be said of a conversation. */
export const RETENTION_DAYS_MAXIMUM = 36_500;
export const RETENTION_MESSAGES_MAXIMUM = 100_000_000;

/**
 * What holds for a conversation with the rule `r`, left joined, as SQL: its own rule; where no administrator made it, no
 * more than the server keeps. What is null is kept for good.
 *
 * @param server the parameter that has the server's own number: `$1`
 */
export const holds = (field: keyof Keeping, server: string): string =>
  `case when r.beyond_server then coalesce(r.${field}, ${server}::int) else least(r.${field}, ${server}::int) end`;

/** How long each of these conversations keeps its messages. For `ctx.load`. */
export async function keepings(ctx: Context, conversationIds: readonly number[]): Promise<Keeping[]> {
  const { days, messages } = ctx.services.retention;
  const rows = await ctx.sql<{ id: string; days: number | null; messages: number | null }>(
    `select c.id, ${holds("days", "$2")} as days, ${holds("messages", "$3")} as messages
     from unnest($1::bigint[]) as c (id) left join retention_rules r on r.conversation_id = c.id`,
    [conversationIds, days, messages],
  );
  const found = new Map(rows.map(({ id, ...keeping }) => [Number(id), keeping]));
  return conversationIds.map((id) => found.get(id) ?? { days, messages });
}

/**
 * Says how long a room or group keeps its messages; null is as long as the server does. Its owner may keep them for no
 * longer than the server; an administrator says what they like. Who is in it reads so in the log. What is older goes
 * within the hour, and for good.
 *
 * @throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT naming what is out of bounds
 */
export async function setRetention(ctx: Context, conversationId: number, wish: Keeping): Promise<Conversation> {
  demandBounds("days", wish.days, RETENTION_DAYS_MAXIMUM);
  demandBounds("messages", wish.messages, RETENTION_MESSAGES_MAXIMUM);
  const conversation = await changing(ctx, conversationId, "conversationId", async (tx, who) => {
    demand(who, "retain");
    const byServer = who.rank === "SERVER";
    if (!byServer) demandWithinServer(tx, wish);
    const [before] = await keepings(tx, [conversationId]);
    await store(tx, conversationId, wish, byServer);
    const [after] = await keepings(tx, [conversationId]);
    if (byServer) await record(tx, "setRetention", who.conversation.nodeId, { ...wish });
    if (before?.days !== after?.days || before?.messages !== after?.messages) await tell(tx, who.conversation, after);
    return who.conversation;
  });
  return fresh(ctx, conversation);
}

async function store(tx: Context, conversationId: number, { days, messages }: Keeping, byServer: boolean) {
  if (days === null && messages === null) {
    await tx.sql("delete from retention_rules where conversation_id = $1", [conversationId]);
    return;
  }
  await tx.sql(
    `insert into retention_rules (conversation_id, days, messages, beyond_server, set_by_id) values ($1, $2, $3, $4, $5)
     on conflict (conversation_id) do update set days = excluded.days, messages = excluded.messages,
       beyond_server = excluded.beyond_server, set_by_id = excluded.set_by_id, set_at = now()`,
    [conversationId, days, messages, byServer, tx.me.userId],
  );
}

async function tell(tx: Context, { id }: Conversation, keeping: Keeping = { days: null, messages: null }) {
  const { userId } = tx.me;
  const content = `${await nameOf(tx, userId)} set that messages are kept ${inWords(keeping)}.`;
  await appendNote(tx, id, { event: "updated", actorId: userId, userIds: [] }, content);
  tellMembers(tx, id, "UPDATED");
}

function inWords({ days, messages }: Keeping): string {
  const parts = [
    ...(days === null ? [] : [days === 1 ? "for a day" : `for ${days.toLocaleString("en")} days`]),
    ...(messages === null
      ? []
      : [messages === 1 ? "up to the newest one" : `up to the newest ${messages.toLocaleString("en")}`]),
  ];
  return parts.length === 0 ? "for good" : parts.join(" and ");
}

function demandBounds(field: keyof Keeping, value: number | null, maximum: number): void {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= maximum)) return;
  throw badInput(field, `${field} must be between 1 and ${maximum}.`, value < 1 ? 1 : maximum);
}

function demandWithinServer({ services }: Context, wish: Keeping): void {
  for (const field of ["days", "messages"] as const) {
    const [server, wanted] = [services.retention[field], wish[field]];
    if (server !== null && wanted !== null && wanted > server) {
      throw badInput(field, `This server keeps ${server} ${field} at the most.`, server);
    }
  }
}

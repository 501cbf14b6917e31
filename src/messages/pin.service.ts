import { LOG_COLUMNS, type LogRow } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { conflict, forbidden } from "../kernel/errors.ts";
import { may, standing } from "../rooms/permissions.ts";
import { demandWriter } from "../rooms/writing.ts";
import { type Message, MessageType } from "./message.ts";
import { change } from "./message.service.ts";
import { messageOf } from "./row.ts";

/** Messages pinned to a conversation, at the most. */
export const PINS_MAXIMUM = 50;

/** Pins a message to its conversation; once more changes nothing. @throws NOT_FOUND, FORBIDDEN, CONFLICT */
export async function pin(ctx: Context, input: { messageId: number }): Promise<Message> {
  return change(ctx, input.messageId, async (tx, message) => {
    await mayPin(tx, message);
    if (message.isGone) throw forbidden("The message was deleted.", "messageId");
    if (message.type === MessageType.SYSTEM) throw forbidden("The server's own messages are not pinned.", "messageId");
    if (message.isPinned) return null;
    const [{ pins } = { pins: "0" }] = await tx.sql<{ pins: string }>(
      "select count(*) as pins from messages where conversation_id = $1 and pinned_at is not null",
      [message.conversationId],
    );
    if (Number(pins) >= PINS_MAXIMUM) {
      throw conflict("messageId", `At most ${PINS_MAXIMUM} messages may be pinned: unpin one first.`);
    }
    return { set: ", pinned_at = clock_timestamp(), pinned_by_id = $3", parameters: [tx.me.userId] };
  });
}

/** Takes a message off its conversation; where it is not pinned nothing changes. @throws NOT_FOUND, FORBIDDEN */
export async function unpin(ctx: Context, input: { messageId: number }): Promise<Message> {
  return change(ctx, input.messageId, async (tx, message) => {
    await mayPin(tx, message);
    return message.isPinned ? { set: ", pinned_at = null, pinned_by_id = null", parameters: [] } : null;
  });
}

/** What is pinned to each of these conversations, the latest pin first. For `ctx.load`. */
export async function pinned(ctx: Context, conversationIds: readonly number[]): Promise<Message[][]> {
  const rows = await ctx.sql<LogRow>(
    `select p.* from unnest($1::bigint[]) as c (id) cross join lateral (
       select ${LOG_COLUMNS} from messages where conversation_id = c.id and pinned_at is not null
       order by pinned_at desc, id desc limit ${PINS_MAXIMUM}) p`,
    [conversationIds],
  );
  const found = Map.groupBy(rows.map(messageOf), ({ conversationId }) => conversationId);
  return conversationIds.map((id) => found.get(id) ?? []);
}

async function mayPin(tx: Context, { conversationId }: Message): Promise<void> {
  const who = await standing(tx, conversationId, "messageId");
  if (!may(who, "pin")) throw forbidden("You may not pin messages here.", "messageId");
  // The two of a direct conversation must be on speaking terms; a moderator pins, muted or not.
  if (who.rank === "PEER") await demandWriter(tx, conversationId, "messageId");
}

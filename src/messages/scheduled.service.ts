import { randomUUID } from "node:crypto";

import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, conflict, notFound } from "../kernel/errors.ts";
import { cancelJob, queueJob } from "../kernel/jobs.ts";
import { type Connection, connection, connectionType, type PageArguments, pageRequest } from "../kernel/pages.ts";
import { TIME_KEY, timePage } from "../kernel/time-page.ts";
import { demandWriter } from "../rooms/writing.ts";
import { fingerprintOf } from "./message.service.ts";
import { visibleIn } from "./reach.ts";
import { byClientMessageIds } from "./read.ts";
import { tellOwner } from "./scheduled-event.ts";
import { ScheduledMessage, ScheduledMessageStatus } from "./scheduled-message.ts";
import { SCHEDULED_COLUMNS, scheduledFrom } from "./scheduled-row.ts";
import {
  CLIENT_MESSAGE_ID_MAXIMUM,
  checkedClientMessageId,
  checkedInput,
  SCHEDULED_PREFIX,
  type SendInput,
} from "./send-input.ts";

/** Messages that somebody has scheduled, those that failed included, at the most. */
export const SCHEDULED_MAXIMUM = 100;
/** How soon a scheduled message can be sent, and how late. */
export const SCHEDULE_AHEAD_MINIMUM_SECONDS = 60;
export const SCHEDULE_AHEAD_MAXIMUM_DAYS = 365;
/** Characters of the clientMessageId of a scheduled message, at the most. */
export const SCHEDULED_ID_MAXIMUM = CLIENT_MESSAGE_ID_MAXIMUM - SCHEDULED_PREFIX.length;

/** ScheduledMessageConnection and ScheduledMessageEdge. */
export const ScheduledMessagePage = connectionType(ScheduledMessage, "ScheduledMessage");

/**
 * Has a message sent at a time. Whether its sender may write is asked now, and again when it is sent. Under a
 * clientMessageId that was used before, the same content returns the first one as it is now.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT where too many wait, or it was sent already
 */
export async function schedule(
  ctx: Context,
  input: Omit<SendInput, "shownFile"> & { readonly sendAt: Date },
): Promise<ScheduledMessage> {
  const { userId } = ctx.me;
  const { externalFile, ...told } = await checkedInput(ctx, input);
  if (externalFile !== null) throw badInput("externalFile", "A scheduled message carries a file of this server only.");
  const clientMessageId = checkedClientMessageId(input.clientMessageId ?? null, SCHEDULED_ID_MAXIMUM);
  const fingerprint = fingerprintOf({ ...told, sendAt: input.sendAt.toISOString() });
  const sendKey = `${SCHEDULED_PREFIX}${clientMessageId ?? randomUUID()}`;
  await visibleConversation(ctx, told.conversationId, "conversationId");
  await demandWriter(ctx, told.conversationId, "conversationId");
  await demandAnswered(ctx, told.replyToId, told.conversationId);
  return ctx.transaction(async (tx) => {
    // One after the other: what is counted here holds until the commit.
    await tx.sql("select 1 from users where id = $1 for no key update", [userId]);
    const earlier = clientMessageId === null ? null : await scheduledBefore(tx, clientMessageId, fingerprint);
    if (earlier !== null) return earlier;
    await demandTime(tx, input.sendAt);
    const [{ waiting } = { waiting: "0" }] = await tx.sql<{ waiting: string }>(
      "select count(*) as waiting from scheduled_messages where user_id = $1",
      [userId],
    );
    if (Number(waiting) >= SCHEDULED_MAXIMUM) {
      throw conflict("sendAt", `At most ${SCHEDULED_MAXIMUM} messages may be scheduled: cancel one first.`);
    }
    const [row = {}] = await tx.sql(
      `insert into scheduled_messages (user_id, conversation_id, type, content, location, reply_to_id, file_id, is_encrypted,
         client_message_id, fingerprint, send_key, send_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, decode($10, 'hex'), $11, $12) returning ${SCHEDULED_COLUMNS}`,
      [
        userId,
        told.conversationId,
        told.type,
        told.content,
        told.location === null ? null : JSON.stringify(told.location),
        told.replyToId,
        told.fileId,
        told.isEncrypted,
        clientMessageId,
        fingerprint,
        sendKey,
        input.sendAt,
      ],
    );
    const scheduled = scheduledFrom(row);
    await queueSending(tx, scheduled);
    tellOwner(tx, scheduled, "SCHEDULED");
    return scheduled;
  });
}

/**
 * Changes what a scheduled message says, or when. One that failed waits again, at another time.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND also for one that was sent, CONFLICT while it is being sent
 */
export async function edit(
  ctx: Context,
  input: { id: number; content: string | null; sendAt: Date | null },
): Promise<ScheduledMessage> {
  return ctx.transaction(async (tx) => {
    const before = await ownUnsent(tx, input.id);
    const content = input.content ?? before.content;
    const { conversationId, type, location, fileId, isEncrypted } = before;
    const told = await checkedInput(tx, { conversationId, type, content, location, fileId, isEncrypted });
    if (input.sendAt !== null) await demandTime(tx, input.sendAt);
    else if (before.status === ScheduledMessageStatus.FAILED) throw badInput("sendAt", "Say when to try again.");
    const [row = {}] = await tx.sql(
      `update scheduled_messages set content = $2, send_at = $3, status = 'WAITING', revision = revision + 1,
         failure_code = null, failure_reason = null, updated_at = clock_timestamp()
       where id = $1 returning ${SCHEDULED_COLUMNS}`,
      [before.id, told.content, input.sendAt ?? before.sendAt],
    );
    const scheduled = scheduledFrom(row);
    await queueSending(tx, scheduled);
    tellOwner(tx, scheduled, "EDITED");
    return scheduled;
  });
}

/** Takes a scheduled message back. @throws NOT_FOUND also for one that was sent, CONFLICT while it is being sent */
export async function cancel(ctx: Context, id: number): Promise<void> {
  await ctx.transaction(async (tx) => {
    const scheduled = await ownUnsent(tx, id);
    await tx.sql("delete from scheduled_messages where id = $1", [id]);
    await cancelJob(tx, jobKey(id));
    tellOwner(tx, scheduled, "CANCELLED");
  });
}

/** The viewer's scheduled messages, the next one first. @throws BAD_USER_INPUT */
export async function list(ctx: Context, page: PageArguments): Promise<Connection<ScheduledMessage>> {
  const request = pageRequest(page, TIME_KEY);
  const sorted = { time: "send_at", id: "id", oldestFirst: true };
  const { end, parameters } = timePage(request, sorted, [ctx.me.userId]);
  const rows = await ctx.sql(
    `select ${SCHEDULED_COLUMNS} from scheduled_messages where user_id = $1 and ${end}`,
    parameters,
  );
  return connection(request, rows.map(scheduledFrom), ({ sendAt, id }) => [sendAt.getTime(), id]);
}

/** The viewer's scheduled messages of these ids, in their order; null for the others. For `ctx.load`. */
export async function ownByIds(ctx: Context, ids: readonly number[]): Promise<(ScheduledMessage | null)[]> {
  const rows = await ctx.sql(
    `select ${SCHEDULED_COLUMNS} from scheduled_messages where user_id = $1 and id = any ($2)`,
    [ctx.me.userId, ids],
  );
  const found = new Map(rows.map((row) => [Number(row.id), scheduledFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** Queues the sending of a revision, in the place of that of an earlier one. */
export async function queueSending(
  tx: Context,
  { id, revision, sendAt }: Pick<ScheduledMessage, "id" | "revision" | "sendAt">,
): Promise<void> {
  await queueJob(tx, "sendScheduledMessage", { id, revision }, { key: jobKey(id), at: sendAt });
}

const jobKey = (id: number): string => `scheduled-message:${id}`;

/** The viewer's own, locked: until the commit nobody begins to send it. */
async function ownUnsent(tx: Context, id: number): Promise<ScheduledMessage> {
  const [row] = await tx.sql(
    `select ${SCHEDULED_COLUMNS} from scheduled_messages where id = $1 and user_id = $2 for update`,
    [id, tx.me.userId],
  );
  if (row === undefined) throw notFound("scheduledMessageId", "scheduled message");
  const scheduled = scheduledFrom(row);
  if (scheduled.status === ScheduledMessageStatus.SENDING) {
    throw conflict("scheduledMessageId", "It is being sent just now.");
  }
  return scheduled;
}

/** What was scheduled under the name before; null where nothing was. */
async function scheduledBefore(
  tx: Context,
  clientMessageId: string,
  fingerprint: string,
): Promise<ScheduledMessage | null> {
  const { userId } = tx.me;
  const [row] = await tx.sql<Record<string, unknown> & { same: boolean }>(
    `select ${SCHEDULED_COLUMNS}, fingerprint = decode($3, 'hex') as same from scheduled_messages
     where user_id = $1 and client_message_id = $2`,
    [userId, clientMessageId, fingerprint],
  );
  if (row?.same === true) return scheduledFrom(row);
  if (row !== undefined) throw conflict("clientMessageId", "Another message was scheduled under this clientMessageId.");
  const sent = await byClientMessageIds(tx, userId, [SCHEDULED_PREFIX + clientMessageId]);
  if (sent.size > 0) throw conflict("clientMessageId", "The message under this clientMessageId was sent already.");
  return null;
}

/** Demands a time that is neither too soon nor too far, by the database's clock, which will send it. */
async function demandTime(tx: Context, sendAt: Date): Promise<void> {
  const [{ fits } = { fits: false }] = await tx.sql<{ fits: boolean }>(
    `select $1::timestamptz between clock_timestamp() + interval '${SCHEDULE_AHEAD_MINIMUM_SECONDS} seconds'
       and clock_timestamp() + interval '${SCHEDULE_AHEAD_MAXIMUM_DAYS} days' as fits`,
    [sendAt],
  );
  if (!fits) throw badInput("sendAt", "sendAt must be between 1 minute and 365 days from now.");
}

async function demandAnswered(ctx: Context, replyToId: number | null, conversationId: number): Promise<void> {
  if (replyToId === null) return;
  await visibleIn(ctx, replyToId, conversationId, "replyToId");
}

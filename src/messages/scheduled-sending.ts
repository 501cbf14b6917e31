import type { Context } from "../kernel/context.ts";
import { Failure, type FailureCode, forbidden } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { demandFile } from "./carried-file.ts";
import { write } from "./message.service.ts";
import { byClientMessageIds } from "./read.ts";
import { tellOwner } from "./scheduled-event.ts";
import type { ScheduledMessage } from "./scheduled-message.ts";
import { SCHEDULED_COLUMNS, scheduledFrom } from "./scheduled-row.ts";
import { queueSending } from "./scheduled.service.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** The time of a revision of a scheduled message has come. */
    sendScheduledMessage: { readonly id: number; readonly revision: number };
    /** Scheduled messages whose job was given up, or lost with a backup, get another one. */
    requeueScheduledMessages: object;
  }
}

/** What may be otherwise a moment later: the job is tried again. */
const PASSING: ReadonlySet<FailureCode> = new Set(["RATE_LIMITED", "INTERNAL_SERVER_ERROR"]);

/**
 * Sends a scheduled message, on behalf of whoever scheduled it. It may run twice, on two nodes at once or after a node
 * was killed amid it: from the first step on nobody edits or cancels it any more, and the message is named by its
 * sendKey, so it is written once.
 */
export async function sendScheduledMessage(
  ctx: Context,
  { id, revision }: { readonly id: number; readonly revision: number },
): Promise<void> {
  const scheduled = await begin(ctx, id, revision);
  if (scheduled === null) return;
  try {
    await settleSent(ctx, scheduled, await sentOnce(ctx, scheduled));
  } catch (error) {
    if (!(error instanceof Failure) || PASSING.has(error.code)) throw error;
    await settleFailed(ctx, scheduled, error);
  }
}

/** See {@link Jobs}. Each of them is sent once, however many jobs it has. */
export async function requeueScheduledMessages(ctx: Context): Promise<void> {
  await ctx.transaction(async (tx) => {
    const rows = await tx.sql(
      `select ${SCHEDULED_COLUMNS} from scheduled_messages
       where status <> 'FAILED' and send_at < now() - interval '1 hour' order by send_at limit 1000`,
    );
    for (const scheduled of rows.map(scheduledFrom)) await queueSending(tx, scheduled);
  });
}

/** @returns null where it was cancelled, edited, sent or refused since the job was queued */
async function begin(ctx: Context, id: number, revision: number): Promise<ScheduledMessage | null> {
  const [row] = await ctx.sql(
    `update scheduled_messages set status = 'SENDING', updated_at = clock_timestamp()
     where id = $1 and revision = $2 and status <> 'FAILED' returning ${SCHEDULED_COLUMNS}`,
    [id, revision],
  );
  return row === undefined ? null : scheduledFrom(row);
}

/** The number of the message; one that an earlier try sent is that, whatever its sender may do by now. */
async function sentOnce(ctx: Context, scheduled: ScheduledMessage): Promise<number> {
  const { userId, sendKey, conversationId, type, content, location, replyToId, fileId, isEncrypted } = scheduled;
  const earlier = (await byClientMessageIds(ctx, userId, [sendKey])).get(sendKey);
  if (earlier !== undefined) return earlier.id;
  const owner = await ctx.load(byIdsOrNull, userId);
  if (owner === null || owner.isDeactivated) throw forbidden("The account is deactivated.");
  const sender = ctx.as({ userId, sessionId: "", role: owner.role });
  if (fileId !== null) await demandFile(sender, fileId, type);
  const said = { conversationId, type, content, location, replyToId, fileId, isEncrypted };
  return (await write(sender, { ...said, forwardedFromId: null, externalFile: null }, sendKey)).id;
}

async function settleSent(ctx: Context, { id, userId }: ScheduledMessage, messageId: number): Promise<void> {
  await ctx.transaction(async (tx) => {
    const gone = await tx.sql("delete from scheduled_messages where id = $1 returning 1", [id]);
    if (gone.length > 0) tellOwner(tx, { id, userId }, "SENT", messageId);
  });
}

async function settleFailed(ctx: Context, scheduled: ScheduledMessage, refusal: Failure): Promise<void> {
  const { id, userId, conversationId, revision } = scheduled;
  await ctx.transaction(async (tx) => {
    const failed = await tx.sql(
      `update scheduled_messages set status = 'FAILED', failure_code = $3, failure_reason = $4, updated_at = clock_timestamp()
       where id = $1 and revision = $2 and status = 'SENDING' returning 1`,
      [id, revision, refusal.code, refusal.message],
    );
    if (failed.length === 0) return;
    tellOwner(tx, { id, userId }, "FAILED");
    await queueJob(tx, "notify", {
      to: { userIds: [userId] },
      notice: {
        type: "SYSTEM",
        title: "A scheduled message was not sent",
        content: refusal.message,
        conversationId,
        key: `scheduled-message:${id}:${revision}`,
      },
    });
  });
}

import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { deleteInBatches } from "../kernel/delete-in-batches.ts";
import { badInput, conflict, forbidden, notFound } from "../kernel/errors.ts";
import type { Connection, PageArguments } from "../kernel/pages.ts";
import { checkedName } from "../kernel/text.ts";
import { type Message, MessageType } from "../messages/message.ts";
import { visible } from "../messages/reach.ts";
import { takeDown } from "../messages/removal.service.ts";
import { administers, demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import { spend } from "../users/daily-quota.ts";
import { type MessageReport, type ReportReason, ReportState } from "./message-report.ts";
import { REPORT_COLUMNS, reportFrom } from "./report-row.ts";
import { Filter, type Timeline, pageOf } from "./timeline.ts";

/** Characters of what a reporter says to it, and of what an administrator notes. */
export const REPORT_COMMENT_MAXIMUM = 1_000;
export const REPORT_NOTE_MAXIMUM = 1_000;
/** Messages that one user may report a day (UTC). */
export const REPORTS_PER_DAY = 50;
/** How long a report is kept after it was resolved. */
export const REPORT_RETENTION_DAYS = 180;

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Reports that were resolved long ago are dropped, and with them what the messages had said. */
    dropOldReports: object;
  }
}

const REPORTS: Timeline<MessageReport> = {
  table: "message_reports",
  columns: REPORT_COLUMNS,
  time: "created_at",
  itemOf: reportFrom,
  timeOf: ({ createdAt }) => createdAt,
};

/** Which message is reported, and why. */
export interface NewReport {
  readonly messageId: number;
  readonly reason: ReportReason;
  readonly comment?: string | null | undefined;
}

/**
 * Reports a message that the viewer sees to the administrators, with what it says at this moment; of an encrypted one
 * they learn no more than that it was reported.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for one's own, the server's and deleted messages, CONFLICT the second
 * time, RATE_LIMITED after 50 a day
 */
export async function report(ctx: Context, { messageId, reason, comment }: NewReport): Promise<MessageReport> {
  const words = checkedName("comment", comment ?? "", { max: REPORT_COMMENT_MAXIMUM });
  const message = await visible(ctx, messageId, "messageId");
  const { userId } = ctx.me;
  if (message.type === MessageType.SYSTEM) throw forbidden("The server's own messages are not reported.", "messageId");
  if (message.senderId === userId) throw forbidden("This message is your own.", "messageId");
  if (message.isGone) throw forbidden("The message was deleted.", "messageId");
  return ctx.transaction(async (tx) => {
    await spend(tx, "messageReports", REPORTS_PER_DAY);
    const [row] = await tx.sql(
      `insert into message_reports (message_id, conversation_id, sender_id, reporter_id, reason, comment, snapshot)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb)
       on conflict (message_id, reporter_id) do nothing returning ${REPORT_COLUMNS}`,
      [
        message.id,
        message.conversationId,
        message.senderId,
        userId,
        reason,
        words,
        JSON.stringify(snapshotOf(message)),
      ],
    );
    if (row === undefined) throw conflict("messageId", "You have reported this message already.");
    return reportFrom(row);
  });
}

/** What was reported, the latest first. @throws FORBIDDEN for everybody but administrators */
export function list(
  ctx: Context,
  { state, ...page }: PageArguments & { state?: ReportState | null | undefined },
): Promise<Connection<MessageReport>> {
  demandAdministrator(ctx);
  return pageOf(ctx, REPORTS, new Filter().where("state = ?", state), page);
}

/** What an administrator does about a report. */
export interface Resolution {
  readonly state: Exclude<ReportState, ReportState.OPEN>;
  readonly note?: string | null | undefined;
}

/**
 * Resolves a report that is open. Where the message is deleted, every open report of it is resolved with it.
 *
 * @throws FORBIDDEN, BAD_USER_INPUT where it is settled without a note, NOT_FOUND, CONFLICT where it was resolved before
 */
export async function resolve(ctx: Context, reportId: number, { state, note }: Resolution): Promise<MessageReport> {
  demandAdministrator(ctx);
  const words = checkedName("note", note ?? "", { max: REPORT_NOTE_MAXIMUM });
  if (state === ReportState.SETTLED && words === "") throw badInput("note", "Note what was done.", 1);
  return ctx.transaction(async (tx) => {
    // All reports of the message, in the order of ids: of two that are resolved at once one waits for the other.
    const rows = await tx.sql(
      `select ${REPORT_COLUMNS} from message_reports
       where message_id = (select message_id from message_reports where id = $1) order by id for update`,
      [reportId],
    );
    const reports = rows.map(reportFrom);
    const asked = reports.find(({ id }) => id === reportId);
    if (asked === undefined) throw notFound("reportId", "report");
    if (asked.state !== ReportState.OPEN) throw conflict("reportId", "This report was resolved before.");
    const isDeletion = state === ReportState.DELETED;
    if (isDeletion) await takeDown(tx, asked.messageId);
    const open = reports.filter((it) => it.state === ReportState.OPEN);
    const resolved = (isDeletion ? open : [asked]).map(({ id }) => id);
    const changed = await tx.sql(
      `update message_reports set state = $2, note = $3, resolved_by_id = $4, resolved_at = clock_timestamp()
       where id = any ($1) returning ${REPORT_COLUMNS}`,
      [resolved, state, words === "" ? null : words, tx.me.userId],
    );
    await record(tx, "resolveReport", asked.nodeId, {
      state,
      note: words,
      messageId: asked.messageNodeId,
      reports: resolved.length,
    });
    return reportFrom(changed.find(({ id }) => Number(id) === reportId) as Row);
  });
}

/** The reports of these ids, for administrators; null for what there is not, and for everybody else. For `ctx.load`. */
export async function visibleByIds(ctx: Context, ids: readonly number[]): Promise<(MessageReport | null)[]> {
  if (!administers(ctx)) return ids.map(() => null);
  const rows = await ctx.sql(`select ${REPORT_COLUMNS} from message_reports where id = any ($1)`, [ids]);
  const found = new Map(rows.map((row) => [Number(row["id"]), reportFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** How many have reported each of these messages. For `ctx.load`. */
export async function countsOf(ctx: Context, messageIds: readonly number[]): Promise<number[]> {
  const rows = await ctx.sql<{ message_id: string; n: string }>(
    "select message_id, count(*) as n from message_reports where message_id = any ($1) group by message_id",
    [messageIds],
  );
  const found = new Map(rows.map((row) => [Number(row.message_id), Number(row.n)]));
  return messageIds.map((id) => found.get(id) ?? 0);
}

/** See {@link Jobs}. */
export async function dropOld(ctx: Context): Promise<void> {
  const old = "select id from message_reports where resolved_at < now() - make_interval(days => $1)";
  await deleteInBatches(ctx, "message_reports", old, [REPORT_RETENTION_DAYS]);
}

function snapshotOf(message: Message): object {
  const { type, isEncrypted, location, fileId, externalFile, createdAt, editedAt } = message;
  const content = isEncrypted ? null : message.content;
  return { type, content, isEncrypted, location, fileId, externalFile, createdAt, editedAt };
}

import { time, timeOrNull } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import { MessageReport, type ReportReason, type ReportState, ReportedMessage } from "./message-report.ts";

/** The columns that {@link reportFrom} reads. */
export const REPORT_COLUMNS =
  "id, message_id, conversation_id, sender_id, reporter_id, reason, comment, snapshot, state, note, resolved_by_id, " +
  "resolved_at, created_at";

/** A report as a statement brought it. */
export function reportFrom(row: Row): MessageReport {
  return Object.assign(new MessageReport(), {
    id: Number(row["id"]),
    messageId: Number(row["message_id"]),
    conversationId: Number(row["conversation_id"]),
    senderId: numberOrNull(row["sender_id"]),
    reporterId: Number(row["reporter_id"]),
    reason: row["reason"] as ReportReason,
    comment: row["comment"] as string,
    snapshot: Object.assign(new ReportedMessage(), row["snapshot"]),
    state: row["state"] as ReportState,
    note: row["note"] as string | null,
    resolvedById: numberOrNull(row["resolved_by_id"]),
    resolvedAt: timeOrNull(row["resolved_at"]),
    createdAt: time(row["created_at"]),
  });
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

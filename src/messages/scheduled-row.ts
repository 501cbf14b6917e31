import { time } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import type { Location, MessageType } from "./message.ts";
import { ScheduledMessage, type ScheduledMessageStatus } from "./scheduled-message.ts";

/** The columns that {@link scheduledFrom} reads. */
export const SCHEDULED_COLUMNS =
  "id, user_id, conversation_id, type, content, location, reply_to_id, file_id, is_encrypted, client_message_id, send_key, " +
  "revision, send_at, status, failure_code, failure_reason, created_at, updated_at";

/** A scheduled message as a statement brought it. */
export function scheduledFrom(row: Row): ScheduledMessage {
  return Object.assign(new ScheduledMessage(), {
    id: Number(row.id),
    userId: Number(row.user_id),
    conversationId: Number(row.conversation_id),
    type: row.type as MessageType,
    content: row.content as string,
    location: row.location as Location | null,
    replyToId: row.reply_to_id === null ? null : Number(row.reply_to_id),
    fileId: row.file_id === null ? null : Number(row.file_id),
    isEncrypted: row.is_encrypted as boolean,
    clientMessageId: row.client_message_id as string | null,
    sendKey: row.send_key as string,
    revision: row.revision as number,
    sendAt: time(row.send_at),
    status: row.status as ScheduledMessageStatus,
    failureCode: row.failure_code as string | null,
    failureReason: row.failure_reason as string | null,
    createdAt: time(row.created_at),
    updatedAt: time(row.updated_at),
  });
}

import type { LogRow, SystemNote } from "../conversations/log.ts";
import { time, timeOrNull } from "../kernel/columns.ts";
import type { ExternalFile } from "./external-file.ts";
import { type Location, Message, type MessageType } from "./message.ts";

/** A message as a statement or the bus brought it. What was deleted or recalled says nothing any more. */
export function messageOf(row: LogRow): Message {
  const message = new Message();
  message.id = Number(row.id);
  message.conversationId = Number(row.conversation_id);
  message.seq = Number(row.seq);
  message.position = Number(row.position);
  message.cursorPosition = message.position;
  message.addedPosition = Number(row.added_position);
  message.senderId = row.sender_id === null ? null : Number(row.sender_id);
  message.type = row.type as MessageType;
  message.recalledAt = timeOrNull(row.recalled_at);
  message.deletedAt = timeOrNull(row.deleted_at);
  const gone = message.isGone;
  message.content = gone ? "" : (row.content as string);
  message.system = row.system as SystemNote | null;
  message.location = gone ? null : (row.location as Location | null);
  message.replyToId = row.reply_to_id === null ? null : Number(row.reply_to_id);
  message.fileId = gone || row.file_id === null ? null : Number(row.file_id);
  message.externalFile = gone ? null : (row.external_file as ExternalFile | null);
  message.forwardedFromId = gone || row.forwarded_from_id === null ? null : Number(row.forwarded_from_id);
  message.mentions = gone || row.mentions === null ? null : (row.mentions as (string | number)[]).map(Number);
  message.isEncrypted = row.is_encrypted as boolean;
  message.clientMessageId = row.client_message_id as string | null;
  message.editedAt = timeOrNull(row.edited_at);
  message.pinnedAt = gone ? null : timeOrNull(row.pinned_at);
  message.pinnedById = gone || row.pinned_by_id === null ? null : Number(row.pinned_by_id);
  message.createdAt = time(row.created_at);
  message.updatedAt = time(row.updated_at);
  return message;
}

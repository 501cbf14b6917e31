import type { LogRow } from "../conversations/log.ts";
import { blockedByYou, unreachable } from "../friends/reach.ts";
import { conflict, Failure, forbidden, notFound } from "../kernel/errors.ts";
import type { ExternalFile } from "./external-file.ts";
import type { Location, MessageType } from "./message.ts";

/** A message on its way into the log; its content was checked, the sender's right to write was not. */
export interface Send {
  readonly conversationId: number;
  readonly senderId: number;
  readonly type: MessageType;
  readonly content: string;
  readonly location: Location | null;
  readonly replyToId: number | null;
  readonly fileId: number | null;
  readonly externalFile: ExternalFile | null;
  readonly forwardedFromId: number | null;
  readonly isEncrypted: boolean;
  readonly clientMessageId: string | null;
  /** SHA-256 in hex of all of the above but the sender, where there is a clientMessageId. */
  readonly fingerprint: string | null;
  /** The user names that the content mentions, in lower case. */
  readonly names: readonly string[] | null;
}

/** What the function write_messages of the database answers for each send. */
export interface Answer extends Record<string, unknown> {
  readonly ord: number;
  readonly outcome: keyof typeof REFUSALS | "WRITTEN" | "REPEAT";
  readonly message_id: string;
  readonly seq: string;
  readonly position: string;
  readonly mentions: string[] | null;
  readonly created_at: string;
}

/** Why a message was not written, as its sender is told. */
export const REFUSALS = {
  NOT_FOUND: () => notFound("conversationId", "conversation"),
  NOT_MEMBER: () =>
    new Failure("FORBIDDEN", "Join the room before you write into it.", {
      field: "conversationId",
      reason: "NOT_MEMBER",
    }),
  BANNED: () => forbidden("You are banned from this room.", "conversationId"),
  MUTED: () => forbidden("You are muted in this conversation.", "conversationId"),
  // Blocked, or no friend where only friends may write: which of the two is nobody's business but the receiver's.
  REFUSED: () => unreachable("conversationId"),
  BLOCKING: () => blockedByYou("conversationId"),
  NO_REPLY: () => notFound("replyToId", "message"),
  CONFLICT: () => conflict("clientMessageId", "Another message was sent under this clientMessageId."),
} satisfies Record<string, () => Failure>;

/** The row as the statement wrote it: what was sent, and the places that it took. */
export function rowOf(send: Send, answer: Answer): LogRow {
  return {
    id: answer.message_id,
    conversation_id: send.conversationId,
    seq: answer.seq,
    position: answer.position,
    added_position: answer.position,
    sender_id: send.senderId,
    type: send.type,
    content: send.content,
    system: null,
    location: send.location,
    reply_to_id: send.replyToId,
    file_id: send.fileId,
    external_file: send.externalFile,
    forwarded_from_id: send.forwardedFromId,
    mentions: answer.mentions,
    is_encrypted: send.isEncrypted,
    client_message_id: send.clientMessageId,
    edited_at: null,
    recalled_at: null,
    deleted_at: null,
    pinned_at: null,
    pinned_by_id: null,
    created_at: answer.created_at,
    updated_at: answer.created_at,
  };
}

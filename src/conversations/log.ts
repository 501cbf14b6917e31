import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { conversationTopic } from "../realtime/events.ts";

/** What a SYSTEM message tells, for programs; its content says it in words. */
export interface SystemNote {
  readonly event:
    | "created"
    | "joined"
    | "added"
    | "left"
    | "removed"
    | "banned"
    | "unbanned"
    | "renamed"
    | "updated"
    | "owner"
    | "call"
    | "keyChanged";
  /** Who did it. */
  readonly actorId: number;
  /** To whom it was done. Theirs is the right to see the conversation that may have changed. */
  readonly userIds: readonly number[];
  /** The new name, where it was renamed. */
  readonly name?: string;
  /** The call that has ended. Its duration is in seconds, and 0 where nobody answered. */
  readonly call?: {
    readonly callId: number;
    readonly media: "VOICE" | "VIDEO";
    readonly outcome: "answered" | "missed" | "declined" | "busy" | "cancelled";
    readonly duration: number;
  };
  /** The version of the actor's public key, where it was changed. */
  readonly keyVersion?: number;
}

/**
 * One durable change of a conversation's log, as the bus carries it: the message that was added or changed, as a row
 * of the table `messages`. A row's `position` is the change's; where it equals `added_position` the message is new.
 */
export type LogRow = Row;

/** What {@link conversationTopic} carries for the log: changes in the order of their positions. */
export interface LogChanges {
  readonly changes: readonly LogRow[];
}

/** The columns of a {@link LogRow}: all of `messages` but the fingerprint, which no reader needs. */
export const LOG_COLUMNS =
  "id, conversation_id, seq, position, added_position, sender_id, type, content, system, location, reply_to_id, " +
  "file_id, external_file, forwarded_from_id, mentions, is_encrypted, client_message_id, edited_at, recalled_at, deleted_at, " +
  "pinned_at, pinned_by_id, created_at, updated_at";

/** The same of `messages` by another name in a statement. */
export const logColumnsOf = (alias: string): string =>
  LOG_COLUMNS.split(", ")
    .map((column) => `${alias}.${column}`)
    .join(", ");

/** Tells everybody who listens of changes, after the commit of the transaction that is under way. */
export function publishChanges(ctx: Context, conversationId: number, changes: readonly LogRow[]): void {
  const event: LogChanges = { changes };
  ctx.afterCommit(() => ctx.services.bus.publish(conversationTopic(conversationId), event));
}

/**
 * Writes into the log what happened to the conversation itself, as a SYSTEM message, and tells the listeners after the
 * commit. Call it in the transaction that makes the change, after {@link lockConversation}.
 *
 * @param content the note in words, in English; programs read `note`
 */
export async function appendNote(
  tx: Context,
  conversationId: number,
  note: SystemNote,
  content: string,
): Promise<void> {
  const rows = await tx.sql<LogRow>(
    `with moved as (
       update conversations set position = position + 1, last_seq = last_seq + 1, updated_at = clock_timestamp()
       where id = $1 returning id, last_seq, position)
     insert into messages (conversation_id, seq, position, added_position, type, content, system)
     select id, last_seq, position, position, 'SYSTEM', $2, $3 from moved
     returning ${LOG_COLUMNS}`,
    [conversationId, content, JSON.stringify(note)],
  );
  publishChanges(tx, conversationId, rows);
}

/**
 * Takes the conversation's row lock, which every change of its log, its members and itself begins with, so that what
 * is checked after it holds until the commit.
 */
export async function lockConversation(tx: Context, conversationId: number): Promise<void> {
  await tx.sql("select 1 from conversations where id = $1 for no key update", [conversationId]);
}

import { badInput } from "../kernel/errors.ts";
import type { Amid } from "../realtime/log-source.ts";

/** A position in a conversation's log, as clients hold it: opaque to them, and good for one life of the database. */
export interface LogCursor {
  /** Of the database that wrote it; another one after a restore. */
  readonly epoch: string;
  readonly conversationId: number;
  readonly position: number;
  /** Of an event that was handed out in the middle of a page; else null. */
  readonly amid: Amid | null;
}

const SHAPE = /^([0-9a-f-]{36})\.([1-9][0-9]{0,15})\.([0-9]{1,16})(?:\.([0-9]{1,16})\.([0-9]{1,16}))?$/;

export function encodeCursor({
  epoch,
  conversationId,
  position,
  amid,
}: Omit<LogCursor, "amid"> & Partial<LogCursor>): string {
  const rest = amid == null ? "" : `.${amid.base}.${amid.head}`;
  return Buffer.from(`${epoch}.${conversationId}.${position}${rest}`, "latin1").toString("base64url");
}

/**
 * Reads a cursor that a client gave back. Its epoch may be another one than the database's: who resumes checks that.
 *
 * @throws BAD_USER_INPUT naming `field` where it is none, or one of another conversation
 */
export function decodeCursor(cursor: string, conversationId: number, field: string): LogCursor {
  const match = cursor.length > 200 ? null : SHAPE.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  const [, epoch, conversation, position, base, head] = match ?? [];
  if (epoch === undefined || conversation === undefined || position === undefined) {
    throw badInput(field, `${field} must be a cursor of a message or a conversation.`);
  }
  if (Number(conversation) !== conversationId) {
    throw badInput(field, `${field} is a cursor of another conversation.`);
  }
  const amid = base === undefined || head === undefined ? null : { base: Number(base), head: Number(head) };
  return { epoch, conversationId, position: Number(position), amid };
}

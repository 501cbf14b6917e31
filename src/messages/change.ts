import type { LogRow } from "../conversations/log.ts";
import type { LogChange } from "../realtime/log-source.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./row.ts";

/** A durable change of a conversation's log: a message was added, or is not what it was. */
export class MessageChange implements LogChange {
  readonly logId: number;
  readonly position: number;
  readonly addedPosition: number;
  added: boolean;

  constructor(readonly message: Message) {
    this.logId = message.conversationId;
    this.position = message.position;
    this.addedPosition = message.addedPosition;
    this.added = message.position === message.addedPosition;
  }
}

/** The change that a row of the log tells of. */
export const changeOf = (row: LogRow): MessageChange => new MessageChange(messageOf(row));

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

  /** What a reader of messages alone goes on after as well: so the message itself carries it. */
  get cursor(): number {
    return this.message.cursorPosition;
  }
  set cursor(position: number) {
    this.message.cursorPosition = position;
  }

  /** The same for somebody who has the message already, as it was. */
  asUpdate(): MessageChange {
    const update = new MessageChange(this.message);
    update.added = false;
    return update;
  }
}

/** The change that a row of the log tells of. */
export const changeOf = (row: LogRow): MessageChange => new MessageChange(messageOf(row));

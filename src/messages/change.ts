import type { LogRow } from "../conversations/log.ts";
import type { Amid, LogChange } from "../realtime/log-source.ts";
import { Message } from "./message.ts";
import { messageOf } from "./row.ts";

/** A durable change of a conversation's log: a message was added, or is not what it was. */
export class MessageChange implements LogChange {
  readonly logId: number;
  readonly position: number;
  readonly addedPosition: number;
  added: boolean;
  cursor: number;
  amid: Amid | null = null;

  constructor(readonly message: Message) {
    this.logId = message.conversationId;
    this.position = message.position;
    this.addedPosition = message.addedPosition;
    this.added = message.position === message.addedPosition;
    this.cursor = message.position;
  }

  /** The message for a reader of messages alone, who goes on after the message's own cursor. */
  get messageToGoOnAfter(): Message {
    const { cursor, message } = this;
    return cursor === message.cursorPosition
      ? message
      : Object.assign(new Message(), message, { cursorPosition: cursor });
  }

  /** The same for somebody who has everything up to `reached`, and so has the message already, as it was. */
  asUpdateAfter(reached: number): MessageChange {
    const update = new MessageChange(this.message);
    update.added = false;
    update.cursor = reached;
    return update;
  }
}

/** The change that a row of the log tells of. */
export const changeOf = (row: LogRow): MessageChange => new MessageChange(messageOf(row));

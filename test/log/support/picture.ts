import { type LogEvent, positionOf } from "./events.ts";
import type { Page, Said } from "./talk.ts";

/** What a client shows: it began with a page, and patches it with each event. It complains of all that is not as promised. */
export class Picture {
  readonly #messages = new Map<string, Said>();
  #position: number;
  /** The cursor to go on after. */
  cursor: string;

  constructor(
    readonly conversationId: string,
    page: Pick<Page, "cursor"> & { readonly messages: readonly Said[] },
  ) {
    for (const message of page.messages) this.#messages.set(message.id, message);
    this.cursor = page.cursor;
    this.#position = positionOf(page.cursor, conversationId);
  }

  /** @throws where an event comes twice, out of order, or adds what is there or changes what is not */
  apply(event: LogEvent): void {
    const position = positionOf(event.cursor, this.conversationId);
    if (position <= this.#position)
      throw new Error(`After ${this.#position} came ${position}: ${JSON.stringify(event)}`);
    if (event.__typename === "ResyncRequired") throw new Error("It was told to start over.");
    const added = event.__typename === "MessageAdded";
    const message = added ? event.edge.node : event.message;
    const known = this.#messages.has(message.id);
    if (added && known) throw new Error(`Added once more: ${JSON.stringify(message)}`);
    if (!added && !known) throw new Error(`Changed before it was added: ${JSON.stringify(message)}`);
    this.#messages.set(message.id, message);
    this.#position = position;
    this.cursor = event.cursor;
  }

  has(cursor: string): boolean {
    return this.#position >= positionOf(cursor, this.conversationId);
  }

  /** Everything that is shown, by seq. */
  get messages(): Said[] {
    return [...this.#messages.values()].toSorted((one, other) => one.seq - other.seq);
  }
}

import { type LogEvent, positionOf } from "./events.ts";
import type { Page, Said } from "./talk.ts";

/**
 * What a client shows: it began with the newest page, and patches it with each event. It complains of all that is not as
 * promised.
 */
export class Picture {
  readonly #messages = new Map<string, Said>();
  /** Messages before this one are not shown. */
  readonly #firstSeq: number;
  #position: number;
  /** The cursor to go on after. */
  cursor: string;

  constructor(private readonly page: Pick<Page, "id" | "cursor" | "lastSeq" | "messages">) {
    for (const message of page.messages.nodes) this.#messages.set(message.id, message);
    this.#firstSeq = page.messages.nodes[0]?.seq ?? page.lastSeq + 1;
    this.cursor = page.cursor;
    this.#position = positionOf(page.cursor, page.id);
  }

  /** @throws where an event comes twice, out of order, adds what is there, changes what is not, or has a hole before it */
  apply(event: LogEvent): void {
    const position = positionOf(event.cursor, this.page.id);
    const complain = (of: string): never => {
      throw new Error(`${of}, at ${this.#position}: ${JSON.stringify(event)}`);
    };
    if (position < this.#position) complain("Not in order");
    if (event.__typename === "ResyncRequired") return complain("Told to start over");
    const added = event.__typename === "MessageAdded";
    const message = added ? event.edge.node : event.message;
    const known = this.#messages.has(message.id);
    if (added && known) complain("Added once more");
    if (!added && !known && message.seq >= this.#firstSeq) complain("Changed before it was added");
    if (added || known) this.#messages.set(message.id, message);
    this.#position = position;
    this.cursor = event.cursor;
  }

  /** Whether it has come up to a cursor. */
  isAt(cursor: string): boolean {
    return this.#position >= positionOf(cursor, this.page.id);
  }

  /** Everything that is shown, by seq. */
  get messages(): Said[] {
    return [...this.#messages.values()].toSorted((one, other) => one.seq - other.seq);
  }

  /** What of a fresh read it ought to show. */
  oughtToShow(all: readonly Said[]): Said[] {
    return all.filter(({ seq }) => seq >= this.#firstSeq);
  }
}

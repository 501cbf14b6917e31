import type { MessageChange } from "./change.ts";

/** Changes that may come in while a reader reads what was before them; past it, the log is read again instead. */
const WAITING_MAXIMUM = 1_000;

/** What happens in a log while a reader has not come up to it yet. */
export class CatchUp {
  #waiting: MessageChange[] = [];
  #newest = 0;
  #whole = true;

  /** Keeps a live change until the reader has come so far. */
  add(change: MessageChange): void {
    // What was missed is handed out in the order in which it was added, not in that of its changes.
    this.#newest = Math.max(this.#newest, change.position);
    if (this.#waiting.length < WAITING_MAXIMUM) this.#waiting.push(change);
    else this.#whole = false;
  }

  /** Before the log is read: what came so far will be in what is read. */
  begin(): void {
    this.#waiting = [];
    this.#whole = true;
  }

  /** What goes on after `position`; null where too much came in meanwhile and the log must be read once more. */
  after(position: number): MessageChange[] | null {
    if (!this.#whole && this.#newest > position) return null;
    return this.#waiting.filter((change) => change.position > position);
  }
}

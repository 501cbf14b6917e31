/**
 * Does work when it is asked for: at once where it has rested, else when the interval is over; never twice at a time.
 * What is asked for meanwhile goes along the next time, so many small things become one.
 */
export class Pace {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #asked = false;
  #begun = -Infinity;
  #closed = false;

  /**
   * @param intervalMs from one beginning to the next, at the least
   * @param work must not throw
   */
  constructor(
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  ask(): void {
    this.#asked = true;
    if (this.#timer !== undefined || this.#running !== null || this.#closed) return;
    const wait = Math.max(0, this.#begun + this.intervalMs - performance.now());
    this.#timer = setTimeout(() => this.#begin(), wait);
  }

  /** Stops; resolves when what is under way is done. What was asked for and not begun is left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #begin(): void {
    this.#timer = undefined;
    this.#asked = false;
    this.#begun = performance.now();
    this.#running = this.work().finally(() => {
      this.#running = null;
      if (this.#asked) this.ask();
    });
  }
}

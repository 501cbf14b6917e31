import { Failure } from "../kernel/errors.ts";

declare module "../kernel/context.ts" {
  interface Services {
    signalling: Signalling;
  }
}

/** Signals that somebody may send in a minute: offers, answers and candidates to 49 others take a thousand. */
export const SIGNALS_A_MINUTE = 3_000;
/** Bytes of session descriptions and candidates that somebody may send in a minute. */
export const SIGNAL_BYTES_A_MINUTE = 8 * 1_048_576;
const MINUTE_MS = 60_000;

/** What somebody has signalled since their minute began. */
interface Minute {
  readonly began: number;
  count: number;
  bytes: number;
}

/**
 * Takes what people signal in calls: each one's signals one after the other, in the order in which they came in, and not
 * more than so many of them a minute at each node.
 */
export class Signalling {
  readonly #tails = new Map<number, Promise<unknown>>();
  #minutes = new Map<number, Minute>();
  #forgotAt = 0;

  /**
   * Runs `work` after whatever the user signalled before it.
   *
   * @param bytes that are to be passed on
   * @throws RATE_LIMITED
   */
  async take<T>(userId: number, bytes: number, work: () => Promise<T>): Promise<T> {
    this.#count(userId, bytes);
    const before = this.#tails.get(userId) ?? Promise.resolve();
    // What came before may have been refused; whoever sent it was told.
    const mine = before.then(work, work);
    this.#tails.set(userId, mine);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(userId) === mine) this.#tails.delete(userId);
    }
  }

  #count(userId: number, bytes: number): void {
    const now = performance.now();
    if (now - this.#forgotAt > MINUTE_MS) {
      this.#forgotAt = now;
      this.#minutes = new Map([...this.#minutes].filter(([, { began }]) => now - began <= MINUTE_MS));
    }
    let minute = this.#minutes.get(userId);
    if (minute === undefined || now - minute.began > MINUTE_MS) {
      minute = { began: now, count: 0, bytes: 0 };
      this.#minutes.set(userId, minute);
    }
    minute.count += 1;
    minute.bytes += bytes;
    if (minute.count > SIGNALS_A_MINUTE) throw tooMuch("signals", SIGNALS_A_MINUTE);
    if (minute.bytes > SIGNAL_BYTES_A_MINUTE) throw tooMuch("bytes of signals", SIGNAL_BYTES_A_MINUTE);
  }
}

const tooMuch = (what: string, limit: number): Failure =>
  new Failure("RATE_LIMITED", `You may send at most ${limit.toLocaleString("en")} ${what} a minute.`, { limit });

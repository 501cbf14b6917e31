import { Failure } from "../kernel/errors.ts";
import type { Services } from "../kernel/context.ts";
import type { MessageChange } from "./change.ts";
import { encodeCursor } from "./cursor.ts";
import { readLog } from "./log-source.ts";
import type { LiveSource } from "../realtime/live-source.ts";
import { type Amid, inHandOutOrder } from "../realtime/log-source.ts";
import { CatchUp } from "./catch-up.ts";

/** Changes that a reader may be behind: past it, fetching the conversation again is the better way. */
export const BEHIND_MAXIMUM = 1_000;
/** Changes that are written together, what they need being loaded together. */
const WRITTEN_AT_ONCE = 100;

/** A reader of logs: what a {@link LogFollower} works for. */
export interface LogReader {
  /** Whether nobody is there any more. */
  readonly ended: boolean;
  readonly userId: number;
  /** The reader may not see the log any more. */
  lose(logId: number): void;
  /** Hands on a change that happens now, after those of the same log that came before it. */
  pass(change: MessageChange): void;
  /** Writes what the reader missed, in this order. Resolves when the reader has room for more. */
  write(logId: number, payloads: readonly unknown[]): Promise<void>;
  /** Everything up to this position was written. */
  reached(logId: number, position: number): void;
}

/**
 * Brings one reader from where it was to where the logs are. A log that it is behind in is read first; what happens
 * meanwhile waits, and then changes go straight through.
 */
export class LogFollower {
  /** Logs in which the reader is not yet where the log is. */
  #behind: Map<number, CatchUp> | null = null;
  /** Logs in which the reader is ahead of what the hub has handed out so far, and where. */
  #ahead: Map<number, number> | null = null;

  constructor(
    private readonly services: Services,
    private readonly source: Pick<LiveSource<MessageChange>, "onChange" | "resync">,
    private readonly reader: LogReader,
  ) {}

  /** From now on what happens in the log waits, until {@link follow} has come so far. */
  hold(logId: number): CatchUp {
    this.#behind ??= new Map();
    let behind = this.#behind.get(logId);
    if (behind === undefined) {
      behind = new CatchUp();
      this.#behind.set(logId, behind);
    }
    return behind;
  }

  /** The log is not followed any more. */
  drop(logId: number): void {
    this.#behind?.delete(logId);
    if (this.#behind?.size === 0) this.#behind = null;
    this.#ahead?.delete(logId);
  }

  /** Takes what the hub hands out. */
  take(change: MessageChange): void {
    const behind = this.#behind?.get(change.logId);
    if (behind === undefined) this.#pass(change, this.#ahead?.get(change.logId));
    else behind.add(change);
  }

  /**
   * Hands on what a log holds after `begin`, then what waited meanwhile; from then on changes go straight through.
   *
   * @param begin the position that the reader has; negative where it is of another life of the database
   * @param position where the hub stood when the log began to be held
   * @param amid the page that the reader was cut off in
   * @throws EXPIRED where too much lies between and the source has no event to say so
   */
  async follow(logId: number, begin: number, position: number, amid: Amid | null = null): Promise<void> {
    const behind = this.hold(logId);
    let at = begin;
    // The reader may be ahead of the hub by what is still on its way here; to be ahead of the log itself is a fault.
    if (begin !== position) at = await this.#readOn(logId, begin, behind, amid);
    for (let waiting = behind.after(at); this.#behind?.get(logId) === behind; waiting = behind.after(at)) {
      if (waiting !== null) {
        this.drop(logId);
        if (at > position) {
          this.#ahead ??= new Map();
          this.#ahead.set(logId, at);
        }
        for (const change of waiting) this.#pass(change, at);
        return;
      }
      at = await this.#readOn(logId, at, behind, null);
    }
  }

  /** Reads the log after a position and writes what it holds. @returns the position that was reached */
  async #readOn(logId: number, from: number, behind: CatchUp, amid: Amid | null): Promise<number> {
    behind.begin();
    const page = from < 0 ? null : await readLog(this.services.database, logId, from, BEHIND_MAXIMUM);
    if (page === null || page.more || page.head < from || page.head - from > BEHIND_MAXIMUM) {
      const heads = await this.services.hub.source.heads([logId]);
      return this.#startOver(logId, heads.get(logId) ?? 0);
    }
    const missed = inHandOutOrder(page, from).filter((change) => amid === null || !wasGiven(change, amid));
    const payloads = missed.map((change) => this.source.onChange(change)).filter((payload) => payload !== null);
    if (payloads.length > 0 && !(await this.#maySee(logId))) {
      this.reader.lose(logId);
      return page.head;
    }
    for (let start = 0; start < payloads.length && !this.reader.ended; start += WRITTEN_AT_ONCE) {
      await this.reader.write(logId, payloads.slice(start, start + WRITTEN_AT_ONCE));
    }
    this.reader.reached(logId, page.head);
    return page.head;
  }

  /** Asked after the log was read: what stands there may have been written when the reader's right was over. */
  async #maySee(logId: number): Promise<boolean> {
    const { userId } = this.reader;
    return (await this.services.hub.source.audienceAmong(logId, [userId])).has(userId);
  }

  /** Too much lies between: the reader is told to fetch anew, and hears what comes after `head`. */
  async #startOver(logId: number, head: number): Promise<number> {
    if (this.source.resync === null) {
      const { epoch } = this.services.database;
      throw new Failure("EXPIRED", "Too much has changed since: fetch the conversation again.", {
        reason: "RESYNC_REQUIRED",
        field: "after",
        cursor: encodeCursor({ epoch, conversationId: logId, position: head }),
      });
    }
    await this.reader.write(logId, [this.source.resync(logId, head)]);
    this.reader.reached(logId, head);
    return head;
  }

  /** @param reached the position that the reader has come to, where the hub may not have come so far */
  #pass(change: MessageChange, reached: number | undefined): void {
    if (reached === undefined) return this.reader.pass(change);
    if (change.position <= reached) return;
    if (change.cursor > reached) this.#ahead?.delete(change.logId);
    // The reader read the message from the log before the hub came by. It goes on after what it has read.
    this.reader.pass(change.added && change.addedPosition <= reached ? change.asUpdateAfter(reached) : change);
  }
}

/** Whether a reader who was cut off amid a page had the message from it, as it still is. */
const wasGiven = ({ added, addedPosition, position }: MessageChange, { base, head }: Amid): boolean =>
  !added && addedPosition > base && position <= head;

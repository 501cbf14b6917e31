import { type LogChange, type LogPage, inHandOutOrder } from "./log-source.ts";

/** Who hears of one log, in order and without a gap. Must not throw. */
export interface ChannelListener<C extends LogChange> {
  onChange(change: C): void;
  /** Something that no log keeps: a read position, typing. */
  onPassing(logId: number, event: unknown): void;
  /** The log is no more. */
  onGone(logId: number): void;
}

/** How long a change may wait for the ones before it before the log is read; two nodes' events overtake each other by less. */
const PATIENCE_MS = 20;
/** Changes that wait for earlier ones, at the most; past it they are forgotten and read from the log. */
const EARLY_MAXIMUM = 1_000;

/** What a channel needs of its surroundings. */
export interface ChannelPorts<C extends LogChange> {
  after(position: number): Promise<LogPage<C> | null>;
  /** Called before a change is handed out, so that those who may not see it are gone by then. */
  beforeHandOut(change: C): void;
  onFault(error: unknown): void;
}

/**
 * Hands out one log's changes: each once, in the order of positions. An event that comes too early waits for the ones
 * before it; where they do not come, the log is read.
 */
export class LogChannel<C extends LogChange> {
  #last: number | null = null;
  #gone = false;
  #healing = false;
  #patience: NodeJS.Timeout | undefined;
  readonly #early = new Map<number, C>();
  readonly listeners = new Set<ChannelListener<C>>();

  constructor(
    readonly logId: number,
    private readonly ports: ChannelPorts<C>,
  ) {}

  /** The position up to which everything was handed out; null until {@link start}. */
  get last(): number | null {
    return this.#last;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Begins to hand out what comes after `head`. */
  start(head: number): void {
    this.#last ??= head;
    this.#forgetUpTo(this.#last);
    this.#handOutWaiting();
  }

  /** Takes changes from the bus: in any order, late, doubled. */
  accept(changes: readonly C[]): void {
    for (const change of changes) {
      if (this.#last !== null && change.position <= this.#last) continue;
      if (this.#last !== null && change.position === this.#last + 1 && !this.#healing) this.#handOutNext(change);
      else this.#keepForLater(change);
    }
    this.#handOutWaiting();
  }

  pass(event: unknown): void {
    for (const listener of [...this.listeners]) listener.onPassing(this.logId, event);
  }

  /** Tells the channel where the log stands; it reads what it was not told of. */
  async heal(head: number): Promise<void> {
    if (this.#last === null || this.#last >= head || this.#healing) return;
    this.#healing = true;
    try {
      await this.#readOn();
    } catch (error) {
      // The next look at the heads tries again; until then nothing that waits keeps asking.
      this.#early.clear();
      this.ports.onFault(error);
    } finally {
      this.#healing = false;
    }
    this.#handOutWaiting();
  }

  /** The log was deleted: whoever listens is told, once. */
  end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.stop();
    for (const listener of [...this.listeners]) listener.onGone(this.logId);
  }

  stop(): void {
    this.#early.clear();
    clearTimeout(this.#patience);
  }

  async #readOn(): Promise<void> {
    const base = this.#last ?? 0;
    for (;;) {
      const from = this.#last ?? base;
      const page = await this.ports.after(from);
      if (page === null) return this.end();
      const changes = inHandOutOrder(page, base);
      // What stands early in the order may have been changed late: who must not see the end of the page sees none of it.
      for (const change of changes) this.ports.beforeHandOut(change);
      for (const change of changes) this.#tell(change);
      this.#last = Math.max(from, page.head);
      this.#forgetUpTo(this.#last);
      if (!page.more) return;
    }
  }

  /** Hands out the change that comes next, as it happened. */
  #handOutNext(change: C): void {
    change.added = change.addedPosition === change.position;
    change.cursor = change.position;
    change.amid = null;
    this.#last = change.position;
    this.ports.beforeHandOut(change);
    this.#tell(change);
  }

  #tell(change: C): void {
    for (const listener of [...this.listeners]) listener.onChange(change);
  }

  #keepForLater(change: C): void {
    if (this.#early.size >= EARLY_MAXIMUM) this.#early.clear();
    this.#early.set(change.position, change);
  }

  #handOutWaiting(): void {
    if (this.#last === null || this.#healing) return;
    for (let next = this.#early.get(this.#last + 1); next !== undefined; next = this.#early.get(this.#last + 1)) {
      this.#early.delete(next.position);
      this.#handOutNext(next);
    }
    if (this.#early.size === 0) {
      clearTimeout(this.#patience);
      this.#patience = undefined;
    } else {
      // One that runs already goes on: a busy log must not put its own healing off for ever.
      this.#patience ??= setTimeout(() => this.#outOfPatience(), PATIENCE_MS);
    }
  }

  #outOfPatience(): void {
    this.#patience = undefined;
    void this.heal(Math.max(0, ...this.#early.keys()));
  }

  #forgetUpTo(position: number): void {
    for (const early of this.#early.keys()) if (early <= position) this.#early.delete(early);
  }
}

import type { Logger } from "pino";

import type { Bus, Subscription } from "./bus.ts";
import { type ChannelListener, LogChannel } from "./log-channel.ts";
import type { LogChange, LogSource } from "./log-source.ts";

/** How often the hub compares what it handed out with where the logs stand: what bounds the loss of a last event. */
const HEAD_CHECK_MS = 2_000;
/** Events of a log that just moved are likely on their way: so much later it is looked at again before it is read. */
const IN_FLIGHT_MS = 50;
/** Logs asked for in one statement. */
const HEADS_AT_ONCE = 5_000;

interface Open<C extends LogChange> {
  readonly channel: LogChannel<C>;
  readonly subscription: Subscription;
  readonly started: Promise<void>;
}

/** What a change does to those who listen, before they hear of it. */
export type BeforeHandOut<C extends LogChange> = (change: C) => void;
/** What is handed out of a passing event that the bus carried; null for nothing. */
export type SiftPassing = (logId: number, event: unknown) => unknown;

/** The logs that somebody on this node listens to; one a process. */
export class Hub<C extends LogChange> {
  readonly #open = new Map<number, Open<C>>();
  readonly #newlySubscribed = new Set<number>();
  readonly #checks: NodeJS.Timeout;
  #checking = false;
  #soon: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #beforeHandOut: BeforeHandOut<C>[] = [];
  siftPassing: SiftPassing = (_, event) => event;

  constructor(
    readonly source: LogSource<C>,
    private readonly bus: Bus,
    private readonly log: Logger,
  ) {
    this.#checks = setInterval(() => void this.#checkUnlessBusy(), HEAD_CHECK_MS);
    this.#checks.unref();
    bus.onGap(() => void this.check());
  }

  /** Calls back before each change is handed out. It must not throw. */
  beforeHandOut(listener: BeforeHandOut<C>): void {
    this.#beforeHandOut.push(listener);
  }

  /** Hands a passing event to those who listen to the log on this node, and to nobody elsewhere. */
  pass(logId: number, event: unknown): void {
    this.#open.get(logId)?.channel.pass(event);
  }

  /** How many listen to the log on this node. */
  audienceOf(logId: number): number {
    return this.#open.get(logId)?.channel.listeners.size ?? 0;
  }

  /** The logs that are listened to here. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Listens to logs.
   *
   * @returns for each log the position after which its listener hears everything; a log that is no more is left out
   */
  async join(listeners: ReadonlyMap<number, ChannelListener<C>>): Promise<Map<number, number>> {
    this.#openAll([...listeners.keys()].filter((logId) => !this.#open.has(logId)));
    const joined = new Map<number, number>();
    const opened = [...listeners].map(([logId, listener]) => {
      const open = this.#open.get(logId) as Open<C>;
      open.channel.listeners.add(listener);
      return { logId, listener, open };
    });
    for (const { logId, listener, open } of opened) {
      await open.started;
      if (open.channel.last !== null && !open.channel.gone) joined.set(logId, open.channel.last);
      else this.leave(logId, listener);
    }
    return joined;
  }

  leave(logId: number, listener: ChannelListener<C>): void {
    const open = this.#open.get(logId);
    if (open === undefined || !open.channel.listeners.delete(listener) || open.channel.listeners.size > 0) return;
    this.#forget(open.channel);
  }

  /** Compares what was handed out with where the logs stand, and reads what is missing. */
  async check(logIds: readonly number[] = [...this.#open.keys()]): Promise<void> {
    for (let start = 0; start < logIds.length && !this.#closed; start += HEADS_AT_ONCE) {
      const some = logIds.slice(start, start + HEADS_AT_ONCE);
      try {
        const heads = await this.source.heads(some);
        for (const logId of some) this.#compare(logId, heads.get(logId));
      } catch (error) {
        this.log.warn({ err: error }, "the heads of the logs could not be read");
      }
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#checks);
    clearTimeout(this.#soon);
    for (const { channel, subscription } of this.#open.values()) {
      channel.stop();
      subscription.stop();
    }
    this.#open.clear();
  }

  #openAll(logIds: readonly number[]): void {
    if (logIds.length === 0) return;
    // First the bus, then the head: what is written in between comes over the bus, and a repeat is known by its position.
    const channels = logIds.map((logId) => this.#channel(logId));
    const subscriptions = channels.map((channel) => this.#listen(channel));
    const heads = this.source.heads(logIds);
    for (const [index, channel] of channels.entries()) {
      const subscription = subscriptions[index] as Subscription;
      const started = heads.then((found) => {
        const head = found.get(channel.logId);
        if (head === undefined) channel.end();
        else channel.start(head);
      });
      this.#open.set(channel.logId, { channel, subscription, started });
      // Every join that waits for it sees the fault; the next one tries anew.
      started.catch(() => this.#forget(channel));
    }
  }

  #forget(channel: LogChannel<C>): void {
    const open = this.#open.get(channel.logId);
    if (open?.channel !== channel) return;
    this.#open.delete(channel.logId);
    channel.stop();
    open.subscription.stop();
  }

  #channel(logId: number): LogChannel<C> {
    return new LogChannel<C>(logId, {
      after: (position) => this.source.after(logId, position),
      beforeHandOut: (change) => {
        for (const listener of this.#beforeHandOut) listener(change);
      },
      onFault: (error) => this.log.warn({ err: error, logId }, "a log could not be read"),
    });
  }

  #listen(channel: LogChannel<C>): Subscription {
    const subscription = this.bus.listen(this.source.topic(channel.logId), (payload) => {
      const changes = this.source.parse(payload);
      if (changes !== null) return channel.accept(changes);
      const event = this.siftPassing(channel.logId, payload);
      if (event !== null) channel.pass(event);
    });
    void subscription.ready?.then(() => this.#checkSoon(channel.logId));
    return subscription;
  }

  /** What other nodes wrote before the subscription stood was not told: look once, for all that are new together. */
  #checkSoon(logId: number): void {
    this.#newlySubscribed.add(logId);
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      const logIds = [...this.#newlySubscribed].filter((id) => this.#open.has(id));
      this.#newlySubscribed.clear();
      if (!this.#closed) void this.check(logIds);
    }, IN_FLIGHT_MS);
  }

  async #checkUnlessBusy(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    await this.check();
    this.#checking = false;
  }

  #compare(logId: number, head: number | undefined): void {
    const channel = this.#open.get(logId)?.channel;
    if (channel === undefined || channel.last === null) return;
    if (head === undefined) channel.end();
    else if (channel.last < head) setTimeout(() => void channel.heal(head), IN_FLIGHT_MS);
  }
}

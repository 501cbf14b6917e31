/** What hears of a topic. It must not throw. */
export type BusListener = (payload: unknown) => void;

/**
 * Carries events between the nodes, and within one. At most once: an event may be lost when Redis is; whoever must
 * not miss it has a log to read. Listeners of the publishing node hear it at once, those of other nodes over Redis.
 */
export interface Bus {
  /** Hands out `payload` (JSON) to every listener of `topic`. Never fails: what Redis did not take is logged. */
  publish(topic: string, payload: unknown): void;

  /**
   * Listens. Events of this node arrive from the moment of the call, those of others from the moment `ready` resolves:
   * when Redis answers, be it after a while. It never rejects.
   */
  listen(topic: string, listener: BusListener): Subscription;

  /** Calls back whenever events of other nodes may have been lost: the connection to Redis stands again. */
  onGap(listener: () => void): void;

  /** Whether events of other nodes arrive at present. */
  readonly healthy: boolean;

  close(): Promise<void>;
}

export interface Subscription {
  /** Resolves when events of other nodes arrive; undefined where there are no other nodes. */
  readonly ready: Promise<void> | undefined;
  stop(): void;
}

declare module "../kernel/context.ts" {
  interface Services {
    bus: Bus;
  }
}

/** The listeners of one process, by topic: half of every bus. Most topics have a single one, a user's own. */
export class LocalTopics {
  readonly #topics = new Map<string, readonly BusListener[]>();

  add(topic: string, listener: BusListener): void {
    this.#topics.set(topic, [...(this.#topics.get(topic) ?? []), listener]);
  }

  /** @returns whether it was the topic's last listener */
  remove(topic: string, listener: BusListener): boolean {
    const rest = this.#topics.get(topic)?.filter((other) => other !== listener) ?? [];
    if (rest.length > 0) this.#topics.set(topic, rest);
    else this.#topics.delete(topic);
    return rest.length === 0;
  }

  tell(topic: string, payload: unknown): void {
    for (const listener of this.#topics.get(topic) ?? []) listener(payload);
  }
}

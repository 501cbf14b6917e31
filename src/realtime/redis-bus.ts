import { randomUUID } from "node:crypto";

import { RedisPubSub } from "graphql-redis-subscriptions";
import { Redis } from "ioredis";
import type { Logger } from "pino";

import { type Bus, type BusListener, LocalTopics, type Subscription } from "./bus.ts";

/** Keeps the topics of this product apart from whatever else uses the Redis. */
const PREFIX = "parlance:";
/** Redis commands that get no answer for so long have failed: a paused server is as good as a dead one. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_AT_LEAST_MS = 50;
const RECONNECT_AT_MOST_MS = 1_000;

interface Topic {
  readonly id: Promise<number>;
  readonly ready: Promise<void>;
}

/** The bus of many nodes. Redis being down at start, or going away, stops nothing: local events flow on, and it heals. */
export class RedisBus implements Bus {
  /** Begins each payload, so that a node knows its own events, which it has heard already, without reading them. */
  readonly #node = randomUUID();
  readonly #local = new LocalTopics();
  readonly #topics = new Map<string, Topic>();
  readonly #gapListeners: (() => void)[] = [];
  readonly #pubsub: RedisPubSub;
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  #closed = false;

  constructor(
    url: string,
    private readonly log: Logger,
  ) {
    const retryStrategy = (tries: number): number => Math.min(RECONNECT_AT_LEAST_MS * 2 ** tries, RECONNECT_AT_MOST_MS);
    // Without its questions at connecting: where Redis hangs and comes back, ioredis asks INFO of a subscriber, which may not
    // ask that, and nobody hears the refusal, which would end the process.
    const connecting = { retryStrategy, enableReadyCheck: false, disableClientInfo: true };
    // What cannot be published now is not worth publishing later: the hub of the other node reads the log.
    this.#publisher = new Redis(url, {
      ...connecting,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
    });
    this.#subscriber = new ForgivingRedis(url, { ...connecting, maxRetriesPerRequest: null });
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on("error", (error) => this.log.warn({ reason: error.message }, "Redis is not reachable"));
    }
    // "ready" comes before the topics of the lost connection are subscribed again; the listeners look a moment later too.
    this.#subscriber.on("ready", () => {
      for (const listener of this.#gapListeners) listener();
    });
    this.#pubsub = new RedisPubSub({
      publisher: this.#publisher,
      subscriber: this.#subscriber,
      serializer: (payload: unknown) => this.#node + JSON.stringify(payload),
      deserializer: (source: string | Buffer) => this.#read(source),
    });
  }

  get healthy(): boolean {
    return this.#publisher.status === "ready" && this.#subscriber.status === "ready";
  }

  publish(topic: string, payload: unknown): void {
    this.#local.tell(topic, payload);
    if (this.#publisher.status !== "ready") return;
    this.#pubsub.publish(PREFIX + topic, payload).catch((error: unknown) => {
      this.log.warn({ reason: String(error) }, "an event did not reach Redis");
    });
  }

  listen(topic: string, listener: BusListener): Subscription {
    this.#local.add(topic, listener);
    let known = this.#topics.get(topic);
    if (known === undefined) {
      known = this.#subscribe(topic);
      this.#topics.set(topic, known);
    }
    return {
      ready: known.ready,
      stop: () => {
        if (!this.#local.remove(topic, listener)) return;
        this.#topics.delete(topic);
        void this.#unsubscribe(topic, known);
      },
    };
  }

  onGap(listener: () => void): void {
    this.#gapListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #subscribe(topic: string): Topic {
    const id = this.#pubsub.subscribe<unknown>(PREFIX + topic, (payload) => {
      if (payload !== OWN) this.#local.tell(topic, payload);
    });
    return {
      id,
      ready: id.then(
        () => undefined,
        (error: unknown) => this.#refused(topic, error),
      ),
    };
  }

  /** Unsubscribing waits for the subscription to stand: the library loses count of one that is still on its way. */
  async #unsubscribe(topic: string, known: Topic): Promise<void> {
    try {
      const id = await known.id;
      // Somebody may listen again by now; the library counts its subscribers, so theirs stays.
      this.#pubsub.unsubscribe(id);
    } catch (error) {
      this.#refused(topic, error);
    }
  }

  #refused(topic: string, error: unknown): void {
    if (!this.#closed) this.log.warn({ topic, reason: String(error) }, "Redis did not take a subscription");
  }

  #read(source: string | Buffer): unknown {
    const text = source.toString();
    return text.startsWith(this.#node) ? OWN : JSON.parse(text.slice(this.#node.length));
  }
}

/**
 * A client whose subscribing and unsubscribing may fail unheard, which would end the process: graphql-redis-subscriptions
 * does not wait for the one, and ioredis, which subscribes anew after it has reconnected, not for the other. Where the
 * connection is gone, its subscriptions are so with it. Who does wait still hears of the failure of subscribing.
 */
class ForgivingRedis extends Redis {
  override subscribe(...channels: unknown[]): Promise<unknown> {
    const subscribed = super.subscribe(...(channels as string[]));
    subscribed.catch(() => 0);
    return subscribed;
  }

  override unsubscribe(...channels: unknown[]): Promise<unknown> {
    return super.unsubscribe(...(channels as string[])).catch(() => 0);
  }

  override punsubscribe(...patterns: unknown[]): Promise<unknown> {
    return super.punsubscribe(...(patterns as string[])).catch(() => 0);
  }
}

/** Stands for an event of this node that came back over Redis. */
const OWN = Symbol("own event");

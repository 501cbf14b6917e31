import { type Bus, type BusListener, LocalTopics, type Subscription } from "./bus.ts";

/** The bus of a server that is alone: nothing leaves the process. */
export class MemoryBus implements Bus {
  readonly healthy = true;
  readonly #local = new LocalTopics();

  publish(topic: string, payload: unknown): void {
    this.#local.tell(topic, payload);
  }

  listen(topic: string, listener: BusListener): Subscription {
    this.#local.add(topic, listener);
    return { ready: undefined, stop: () => this.#local.remove(topic, listener) };
  }

  onGap(): void {
    // Nothing is ever lost within a process.
  }

  async close(): Promise<void> {
    // There is nothing to let go of.
  }
}

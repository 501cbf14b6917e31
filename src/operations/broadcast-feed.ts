import type { Viewer } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import type { Bus, Subscription } from "../realtime/bus.ts";
import { type Broadcast, broadcastFrom, isFor } from "./broadcast.ts";

/** Carries each broadcast as one event, however many it is for: every node knows who of them is connected to it. */
const TOPIC = "broadcasts";

type Tell = (broadcast: Broadcast) => void;

declare module "../kernel/context.ts" {
  interface Services {
    broadcasts: BroadcastFeed;
  }
}

/** Whoever listens for broadcasts on this node. */
export class BroadcastFeed {
  readonly #listeners = new Map<Tell, Viewer>();
  readonly #subscription: Subscription;

  constructor(private readonly bus: Bus) {
    this.#subscription = bus.listen(TOPIC, (row) => this.#handOut(broadcastFrom(row as Row)));
  }

  /** Tells every node of a broadcast; call it once it is committed. */
  publish(row: Row): void {
    this.bus.publish(TOPIC, row);
  }

  /**
   * Listens for what is for the viewer. Their role is the one of their session, which ends when it changes.
   *
   * @returns what stops listening
   */
  open(viewer: Viewer, tell: Tell): () => void {
    this.#listeners.set(tell, viewer);
    return () => void this.#listeners.delete(tell);
  }

  close(): void {
    this.#subscription.stop();
  }

  #handOut(broadcast: Broadcast): void {
    for (const [tell, { userId, role }] of this.#listeners) if (isFor(broadcast, userId, role)) tell(broadcast);
  }
}

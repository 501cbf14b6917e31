import type { Logger } from "pino";

import type { Context } from "../kernel/context.ts";

/** How often a node writes down how much hangs on it, where that has changed. */
const WRITE_EVERY_MS = 5_000;

/** How much hangs on a node by one door. */
interface Counts {
  connections: number;
  subscriptions: () => number;
}

/** Counts what hangs on this node, door by door, logged in or not, and writes it down for administrators. */
export class Census {
  readonly #doors = new Map<string, Counts>();
  readonly #timer: NodeJS.Timeout;
  #written = "";

  constructor(
    private readonly context: () => Context,
    private readonly nodeId: string,
    private readonly log: Logger,
  ) {
    this.#timer = setInterval(() => void this.#writeUnlessFaulty(), WRITE_EVERY_MS).unref();
  }

  add(door: string): void {
    this.#door(door).connections += 1;
  }

  remove(door: string): void {
    this.#door(door).connections -= 1;
  }

  /** Says how a door's subscriptions are counted. */
  countSubscriptions(door: string, count: () => number): void {
    this.#door(door).subscriptions = count;
  }

  /** Writes it down, so that whoever asks now is told how it is now. */
  async write(): Promise<void> {
    const doors = [...this.#doors].map(([door, counts]) => ({
      door,
      ...counts,
      subscriptions: counts.subscriptions(),
    }));
    await this.context().sql(
      `insert into node_connections (node_id, door, connections, subscriptions)
       select n.id, d.door, d.connections, d.subscriptions
       from nodes n, unnest($2::text[], $3::int[], $4::int[]) d (door, connections, subscriptions) where n.id = $1
       on conflict (node_id, door) do update
         set connections = excluded.connections, subscriptions = excluded.subscriptions`,
      [
        this.nodeId,
        doors.map(({ door }) => door),
        doors.map(({ connections }) => connections),
        doors.map(({ subscriptions }) => subscriptions),
      ],
    );
  }

  /** The table is empty after a crash of the database. */
  writeAnew(): void {
    this.#written = "";
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #writeUnlessFaulty(): Promise<void> {
    const now = JSON.stringify(
      [...this.#doors].map(([door, counts]) => [door, counts.connections, counts.subscriptions()]),
    );
    if (now === this.#written) return;
    try {
      await this.write();
      this.#written = now;
    } catch (error) {
      this.log.warn({ err: error }, "how much hangs on the node could not be written");
    }
  }

  #door(door: string): Counts {
    let counts = this.#doors.get(door);
    if (counts === undefined) {
      counts = { connections: 0, subscriptions: () => 0 };
      this.#doors.set(door, counts);
    }
    return counts;
  }
}

import { LRUCache } from "lru-cache";
import type { Logger } from "pino";

import { Context, type Services } from "../kernel/context.ts";
import type { NodeLease } from "../kernel/node-lease.ts";
import { tellConversation } from "../realtime/events.ts";
import { demandListener } from "../typing/typing.service.ts";
import { Pace } from "./pace.ts";
import type { AttendanceNews } from "./room-attendance-event.ts";
import { type Attendee, come, go, goWith, holdNode, lockShares } from "./room-attendance-store.ts";

declare module "../kernel/context.ts" {
  interface Services {
    roomAttendance: RoomAttendance;
  }
}

/** How soon it is tried again where the database was away. */
const TRY_AGAIN_MS = 1_000;
/** Users in rooms that one transaction writes. */
const PLACES_AT_ONCE = 5_000;
/** What a client itself says of coming into one room, and of going out of it, is told so often on one node; more is dropped. */
export const ANNOUNCED_EVERY_MS = 1_000;
const ANNOUNCEMENTS_REMEMBERED = 100_000;

/** Somebody who has a room open, by one connection. */
export interface RoomSeat {
  /** The connection is closed. Further calls change nothing. Resolves when the others were told, where it was the last. */
  leave(): Promise<void>;
}

/** One user in one room, by this node. */
interface Place extends Attendee {
  /** Connections to this node. */
  seats: number;
  /** Whether the database has it, or is being told so. */
  isWritten: boolean;
}

/**
 * Who has which room open: the others there are told when somebody's first connection opens and when the last one closes,
 * on whichever nodes. Connections are counted in memory, and the database has a row for each node that a user is in a
 * room by. While one transaction is being written further changes wait, and the next one writes what has become of
 * them: who opens and closes quickly in any order ends as they are.
 */
export class RoomAttendance {
  readonly #places = new Map<string, Place>();
  /** Those of whom the database is to be told, and who waits for that. */
  readonly #changed = new Map<Place, PromiseWithResolvers<void>>();
  readonly #announced = new LRUCache<string, true>({ max: ANNOUNCEMENTS_REMEMBERED, ttl: ANNOUNCED_EVERY_MS });
  readonly #writes = new Pace(0, () => this.#write());
  #context: Context | undefined;
  #closed = false;

  constructor(
    private readonly lease: NodeLease,
    private readonly log: Logger,
  ) {
    lease.onGone((tx, nodes) =>
      this.#bury(
        tx,
        nodes.map(({ id }) => id),
      ),
    );
    // A crash of PostgreSQL empties the list of nodes and this one, so nobody is left behind by a node that died with it.
    lease.onReturn(() => this.#comeAgain());
  }

  /** Call it before anybody can connect. */
  start(services: Services): void {
    const origin = { requestId: `attendance-${this.lease.id}`, ip: "", userAgent: "" };
    this.#context = new Context(services, origin, this.log, null);
  }

  /**
   * The viewer has one more connection that has the room open. Resolves when the others were told, where it is the first;
   * where the database is away they are told later. Whoever lost the connection or their place meanwhile leaves then.
   *
   * @throws NOT_FOUND, FORBIDDEN for whoever is not in it
   */
  async enter(ctx: Context, conversationId: number): Promise<RoomSeat> {
    await demandListener(ctx, conversationId);
    const place = this.#place({ conversationId, userId: ctx.me.userId });
    const sit = (seats: 1 | -1): Promise<void> => {
      place.seats += seats;
      return this.#note(place);
    };
    await sit(1);
    let left: Promise<void> | undefined;
    return { leave: () => (left ??= sit(-1)) };
  }

  /**
   * Tells the others that the viewer came or went, because their client says so; nothing is counted by it. What is said
   * again within {@link ANNOUNCED_EVERY_MS} is dropped.
   *
   * @throws NOT_FOUND, FORBIDDEN for whoever is not in it
   */
  async announce(ctx: Context, conversationId: number, isHere: boolean): Promise<void> {
    const { userId } = ctx.me;
    const key = `${keyOf({ conversationId, userId })} ${isHere}`;
    if (this.#announced.has(key)) return;
    this.#announced.set(key, true);
    await demandListener(ctx, conversationId);
    tell(ctx, [{ conversationId, userId }], isHere);
  }

  /** Stops. Whoever is in a room by this node goes with its lease. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writes.close();
    for (const { resolve } of this.#changed.values()) resolve();
  }

  #place(attendee: Attendee): Place {
    const key = keyOf(attendee);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = { ...attendee, seats: 0, isWritten: false };
      this.#places.set(key, place);
    }
    return place;
  }

  /** The place may have changed. Resolves when it was written, or could not be at the first try. */
  #note(place: Place): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const waiting = this.#changed.get(place) ?? Promise.withResolvers();
    this.#changed.set(place, waiting);
    this.#writes.ask();
    return waiting.promise;
  }

  async #write(): Promise<void> {
    const batch = [...this.#changed].slice(0, PLACES_AT_ONCE);
    for (const [place] of batch) this.#changed.delete(place);
    const different = batch.map(([place]) => place).filter(({ seats, isWritten }) => seats > 0 !== isWritten);
    // At once, and taken back where it fails: a node that is taken for dead meanwhile has it that nothing is written.
    for (const place of different) place.isWritten = !place.isWritten;
    try {
      await this.#store(different);
      for (const [place] of batch) this.#forgetIfEmpty(place);
      if (this.#changed.size > 0) this.#writes.ask();
    } catch (error) {
      this.log.warn({ err: error }, "who has which room open could not be written");
      for (const place of different) {
        place.isWritten = !place.isWritten;
        this.#changed.set(place, this.#changed.get(place) ?? Promise.withResolvers());
      }
      setTimeout(() => this.#writes.ask(), TRY_AGAIN_MS).unref();
    }
    for (const [, { resolve }] of batch) resolve();
  }

  #forgetIfEmpty(place: Place): void {
    if (place.seats === 0 && !place.isWritten && !this.#changed.has(place)) this.#places.delete(keyOf(place));
  }

  async #store(places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    if (this.#context === undefined) throw new Error("The attendance of rooms was not started.");
    const [coming, going] = [places.filter(({ isWritten }) => isWritten), places.filter((place) => !place.isWritten)];
    await this.#context.transaction(async (tx) => {
      const comes = coming.length > 0 && (await holdNode(tx, this.lease.id));
      await lockShares(tx, places);
      if (going.length > 0) tell(tx, await go(tx, this.lease.id, going), false);
      if (comes) tell(tx, await come(tx, this.lease.id, coming), true);
    });
  }

  /** The node was taken for dead, or the database lost the list. */
  #comeAgain(): void {
    for (const place of this.#places.values()) {
      place.isWritten = false;
      void this.#note(place);
    }
  }

  async #bury(tx: Context, nodeIds: readonly string[]): Promise<void> {
    tell(tx, await goWith(tx, nodeIds), false);
  }
}

const keyOf = ({ conversationId, userId }: Attendee): string => `${conversationId} ${userId}`;

function tell(tx: Context, attendees: readonly Attendee[], isHere: boolean): void {
  for (const { conversationId, userId } of attendees) {
    const news: AttendanceNews = { conversationId, userId, isHere };
    tellConversation(tx, conversationId, { type: "attendance", ...news });
  }
}

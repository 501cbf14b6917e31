import type { Bus, Subscription } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { LogChange, Membership } from "./log-source.ts";
import { Seat } from "./seat.ts";
import { type Watcher, type Watchers, including, without } from "./watcher.ts";

/** What all streams of a process share. */
export interface StreamHome<C extends LogChange> {
  readonly hub: Hub<C>;
  readonly bus: Bus;
  /** Nobody watches for the user any more. */
  onEmpty(stream: ViewerStream<C>): void;
  onFault(stream: ViewerStream<C>, error: unknown): void;
  /** The user may have gone out of a log. */
  onHint(stream: ViewerStream<C>, logId: number): void;
}

/**
 * What one connected user may see: their own topic and the logs that somebody watches for them. It is shared by all
 * of the user's connections to this node; joins, leaves and bans change it at once.
 */
export class ViewerStream<C extends LogChange> {
  #seats: Map<number, Seat<C>> | undefined;
  /** Those who want every log of the user, the ones to come included. */
  #everything: Watchers<C> = [];
  #watchers: Watchers<C> = [];
  /** Times that the user may have come into a log. */
  #gains = 0;
  readonly #topic: Subscription;
  readonly #lost = (logId: number): void => this.lose(logId);

  constructor(
    readonly userId: number,
    private readonly home: StreamHome<C>,
  ) {
    this.#topic = home.bus.listen(home.hub.source.userTopic(userId), (event) => this.#userEvent(event));
  }

  /** Hears of what concerns the user, whatever logs it watches. */
  attach(watcher: Watcher<C>): void {
    this.#watchers = including(this.#watchers, watcher);
  }

  /** Stops whatever the watcher heard. */
  detach(watcher: Watcher<C>): void {
    this.#everything = without(this.#everything, watcher);
    for (const seat of this.#seats?.values() ?? []) this.#unseat(seat, watcher);
    if (!this.#watchers.includes(watcher)) return;
    this.#watchers = without(this.#watchers, watcher);
    if (this.#watchers.length > 0) return;
    this.#topic.stop();
    this.home.onEmpty(this);
  }

  /**
   * Watches one log.
   *
   * @returns the position after which the watcher hears everything; null where the user may not see the log
   */
  async watch(logId: number, watcher: Watcher<C>): Promise<number | null> {
    const position = (await this.#sit([logId], watcher)).get(logId);
    if (position === undefined) return null;
    // The right is checked after the seat is taken: what takes it away from now on empties the seat.
    const allowed = await this.home.hub.source.audienceAmong(logId, [this.userId]);
    if (allowed.has(this.userId) && this.watches(logId, watcher)) return position;
    this.#unseat(this.#seats?.get(logId), watcher);
    return null;
  }

  /**
   * Watches every log that the user is a member of, now and later.
   *
   * @returns the user's memberships, and for each log the position after which the watcher hears everything
   */
  async watchAll(watcher: Watcher<C>): Promise<{ memberships: Membership[]; positions: Map<number, number> }> {
    const before = this.#gains;
    const memberships = await this.home.hub.source.memberships(this.userId);
    const positions = await this.#sitAsMember(memberships, watcher);
    // Only now, lest it gained a log twice; what the user came into meanwhile is looked for.
    if (this.#watchers.includes(watcher)) this.#everything = including(this.#everything, watcher);
    if (this.#gains !== before) void this.gain();
    return { memberships, positions };
  }

  /** Whether the watcher still hears of the log. */
  watches(logId: number, watcher: Watcher<C>): boolean {
    return this.#seats?.get(logId)?.watchers.includes(watcher) === true;
  }

  /** Keeps what happens in a log back until what is returned is called, or the log is lost. */
  hold(logId: number): () => void {
    const seat = this.#seats?.get(logId);
    seat?.hold();
    return () => seat?.letGo();
  }

  /** Whether anybody of the user watches the log. */
  sits(logId: number): boolean {
    return this.#seats?.has(logId) === true;
  }

  /** The user may not see the log any more. */
  lose(logId: number): void {
    for (const watcher of this.#vacate(logId)) watcher.onLost(logId);
  }

  /** Whether the user may still see the log cannot be found out. */
  doubt(logId: number): void {
    for (const watcher of this.#vacate(logId)) watcher.onDoubt(logId);
  }

  /** The user may have come into logs that nobody watches for them yet. */
  async gain(): Promise<void> {
    this.#gains += 1;
    if (this.#everything.length === 0) return;
    try {
      const memberships = await this.home.hub.source.memberships(this.userId);
      for (const watcher of this.#everything) await this.#gainFor(watcher, memberships);
    } catch (error) {
      // The next look at the memberships tries again.
      this.home.onFault(this, error);
    }
  }

  async #gainFor(watcher: Watcher<C>, memberships: readonly Membership[]): Promise<void> {
    const fresh = memberships.filter(({ logId }) => !this.watches(logId, watcher));
    const logIds = fresh.map(({ logId }) => logId);
    for (const logId of logIds) watcher.onGaining(logId);
    const positions = await this.#sitAsMember(fresh, watcher);
    for (const { logId, joinedPosition } of fresh) {
      const position = positions.get(logId);
      if (position === undefined) watcher.onLost(logId);
      else watcher.onGained(logId, Math.min(joinedPosition, position), position);
    }
  }

  /** Sits down in logs that the user was a member of a moment ago, and gets up again where they are so no more. */
  async #sitAsMember(memberships: readonly Membership[], watcher: Watcher<C>): Promise<Map<number, number>> {
    if (memberships.length === 0) return new Map();
    const positions = await this.#sit(
      memberships.map(({ logId }) => logId),
      watcher,
    );
    // What ended a membership before the seat was taken found no seat to empty.
    let still = new Set<number>();
    try {
      still = new Set((await this.home.hub.source.memberships(this.userId)).map(({ logId }) => logId));
    } finally {
      // Where it could not be asked everybody gets up: the next try begins with an empty seat.
      for (const logId of positions.keys()) {
        if (still.has(logId) && this.watches(logId, watcher)) continue;
        positions.delete(logId);
        this.#unseat(this.#seats?.get(logId), watcher);
      }
    }
    return positions;
  }

  async #sit(logIds: readonly number[], watcher: Watcher<C>): Promise<Map<number, number>> {
    // Whoever was detached while their memberships were read would never get up again.
    if (!this.#watchers.includes(watcher)) return new Map();
    this.#seats ??= new Map();
    const seats = new Map(logIds.map((logId) => [logId, this.#seats?.get(logId) ?? new Seat<C>(logId, this.#lost)]));
    for (const [logId, seat] of seats) {
      this.#seats.set(logId, seat);
      seat.watchers = including(seat.watchers, watcher);
    }
    try {
      const positions = await this.home.hub.join(seats);
      for (const [logId, seat] of seats) {
        if (!positions.has(logId)) this.lose(logId);
        else if (this.#seats.get(logId) !== seat) positions.delete(logId);
      }
      return positions;
    } catch (error) {
      for (const seat of seats.values()) this.#unseat(seat, watcher);
      throw error;
    }
  }

  /** @returns who sat there */
  #vacate(logId: number): Watchers<C> {
    const seat = this.#seats?.get(logId);
    if (seat === undefined) return [];
    this.#seats?.delete(logId);
    this.home.hub.leave(logId, seat);
    const { watchers } = seat;
    seat.watchers = [];
    return watchers;
  }

  #unseat(seat: Seat<C> | undefined, watcher: Watcher<C>): void {
    if (seat === undefined || !seat.watchers.includes(watcher)) return;
    seat.watchers = without(seat.watchers, watcher);
    if (seat.watchers.length > 0) return;
    this.#seats?.delete(seat.logId);
    this.home.hub.leave(seat.logId, seat);
  }

  #userEvent(event: unknown): void {
    const hint = this.home.hub.source.membershipHint(event);
    // An event may be late, and the user back by now: whether they are out is looked up. The log's own note is in order.
    if (hint?.present === false) this.home.onHint(this, hint.logId);
    for (const watcher of this.#watchers) watcher.onUserEvent(event);
    if (hint?.present === true) void this.gain();
  }
}

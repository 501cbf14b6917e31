import type { Subscription } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { ChannelListener } from "./log-channel.ts";
import type { LogChange, Membership } from "./log-source.ts";

/** What a door hears of one user's world. Every method must return soon and must not throw. */
export interface Watcher<C extends LogChange> {
  onChange(change: C): void;
  /** Something that no log keeps happened in a log that is watched. */
  onPassing(logId: number, event: unknown): void;
  /** Something that concerns the user happened. */
  onUserEvent(event: unknown): void;
  /** The user came into a log: everything after `since` is news; what comes after `position` is handed out. */
  onGained(logId: number, since: number, position: number): void;
  /** The user may not see the log any more, or it is no more. */
  onLost(logId: number): void;
}

/** One user's place in one log: a hub's listener that passes on to whichever doors of the user watch the log. */
class Seat<C extends LogChange> implements ChannelListener<C> {
  readonly watchers = new Set<Watcher<C>>();

  constructor(
    readonly logId: number,
    readonly stream: ViewerStream<C>,
  ) {}

  onChange(change: C): void {
    for (const watcher of this.watchers) watcher.onChange(change);
  }

  onPassing(logId: number, event: unknown): void {
    for (const watcher of this.watchers) watcher.onPassing(logId, event);
  }

  onGone(logId: number): void {
    this.stream.lose(logId);
  }
}

/**
 * What one connected user may see: their own topic and the logs that somebody watches for them. It is shared by all
 * of the user's connections to this node; joins, leaves and bans change it at once.
 */
export class ViewerStream<C extends LogChange> {
  readonly #seats = new Map<number, Seat<C>>();
  /** Those who want every log of the user, the ones to come included. */
  readonly #everything = new Set<Watcher<C>>();
  readonly #watchers = new Set<Watcher<C>>();
  readonly #topic: Subscription;

  constructor(
    readonly userId: number,
    private readonly hub: Hub<C>,
    listen: (topic: string, listener: (payload: unknown) => void) => Subscription,
    private readonly onEmpty: () => void,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.#topic = listen(hub.source.userTopic(userId), (event) => this.#userEvent(event));
  }

  /** Hears of what concerns the user, whatever logs it watches. */
  attach(watcher: Watcher<C>): void {
    this.#watchers.add(watcher);
  }

  /** Stops whatever the watcher heard. */
  detach(watcher: Watcher<C>): void {
    this.#everything.delete(watcher);
    for (const seat of this.#seats.values()) if (seat.watchers.delete(watcher)) this.#leaveIfEmpty(seat);
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    this.#topic.stop();
    this.onEmpty();
  }

  /**
   * Watches one log.
   *
   * @returns the position after which the watcher hears everything; null where the user may not see the log
   */
  async watch(logId: number, watcher: Watcher<C>): Promise<number | null> {
    const joined = await this.#sit([logId], watcher);
    const position = joined.get(logId);
    // The right is checked after the seat is taken: what takes it away from now on empties the seat.
    const allowed =
      position !== undefined && (await this.hub.source.audienceAmong(logId, [this.userId])).has(this.userId);
    if (allowed && this.watches(logId, watcher)) return position;
    this.#unseat(logId, watcher);
    return null;
  }

  /**
   * Watches every log that the user is a member of, now and later.
   *
   * @returns the user's memberships, and for each log the position after which the watcher hears everything
   */
  async watchAll(watcher: Watcher<C>): Promise<{ memberships: Membership[]; positions: Map<number, number> }> {
    this.#everything.add(watcher);
    const memberships = await this.hub.source.memberships(this.userId);
    const positions = await this.#sit(
      memberships.map(({ logId }) => logId),
      watcher,
    );
    return { memberships, positions };
  }

  /** Whether the watcher still hears of the log. */
  watches(logId: number, watcher: Watcher<C>): boolean {
    return this.#seats.get(logId)?.watchers.has(watcher) === true;
  }

  /** Whether anybody of the user watches the log. */
  sits(logId: number): boolean {
    return this.#seats.has(logId);
  }

  /** The user may not see the log any more. */
  lose(logId: number): void {
    const seat = this.#seats.get(logId);
    if (seat === undefined) return;
    this.#seats.delete(logId);
    this.hub.leave(logId, seat);
    const watchers = [...seat.watchers];
    seat.watchers.clear();
    for (const watcher of watchers) watcher.onLost(logId);
  }

  /** The user may have come into logs that nobody watches for them yet. */
  async gain(): Promise<void> {
    if (this.#everything.size === 0) return;
    try {
      const memberships = await this.hub.source.memberships(this.userId);
      for (const watcher of this.#everything) {
        const fresh = memberships.filter(({ logId }) => !this.watches(logId, watcher));
        const positions = await this.#sit(
          fresh.map(({ logId }) => logId),
          watcher,
        );
        for (const { logId, joinedPosition } of fresh) {
          const position = positions.get(logId);
          if (position !== undefined) watcher.onGained(logId, Math.min(joinedPosition, position), position);
        }
      }
    } catch (error) {
      // The next look at the memberships tries again.
      this.onFault(error);
    }
  }

  async #sit(logIds: readonly number[], watcher: Watcher<C>): Promise<Map<number, number>> {
    const seats = new Map(logIds.map((logId) => [logId, this.#seats.get(logId) ?? new Seat<C>(logId, this)]));
    for (const [logId, seat] of seats) {
      this.#seats.set(logId, seat);
      seat.watchers.add(watcher);
    }
    try {
      const positions = await this.hub.join(seats);
      for (const [logId, seat] of seats) {
        if (!positions.has(logId)) this.lose(logId);
        else if (this.#seats.get(logId) !== seat) positions.delete(logId);
      }
      return positions;
    } catch (error) {
      for (const logId of logIds) this.#unseat(logId, watcher);
      throw error;
    }
  }

  #unseat(logId: number, watcher: Watcher<C>): void {
    const seat = this.#seats.get(logId);
    if (seat === undefined) return;
    seat.watchers.delete(watcher);
    this.#leaveIfEmpty(seat);
  }

  #leaveIfEmpty(seat: Seat<C>): void {
    if (seat.watchers.size > 0) return;
    this.#seats.delete(seat.logId);
    this.hub.leave(seat.logId, seat);
  }

  #userEvent(event: unknown): void {
    const hint = this.hub.source.membershipHint(event);
    if (hint?.present === false) this.lose(hint.logId);
    for (const watcher of [...this.#watchers]) watcher.onUserEvent(event);
    if (hint?.present === true) void this.gain();
  }
}

import type { Logger } from "pino";

import { BLOCKS_TOPIC, type BlockNews } from "../friends/block-news.ts";
import { FriendshipChange } from "../friends/friendship-event.ts";
import type { Context } from "../kernel/context.ts";
import type { Bus, Subscription } from "../realtime/bus.ts";
import { type UserEvent, userTopic } from "../realtime/events.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { acquaintances } from "./acquaintances.ts";
import { Pace } from "./pace.ts";
import { type Pairing, hiddenAmong } from "./hidden.ts";
import { type Presence, SeenUser, UNKNOWN, shown } from "./presence.ts";
import { PRESENCE_TOPIC, type PresenceChanges } from "./presence-topic.ts";
import { WatchedUsers, type Watcher } from "./watched.ts";

/** Changes of so long are looked up, and told, together. */
const TELL_EVERY_MS = 250;
/** Subscribers who are told in one such turn: what a node spends on presence when thousands come back at once. */
export const TOLD_IN_A_TURN = 5_000;
/** Users who are looked up in one statement. */
const READ_AT_ONCE = 5_000;
/** How often everybody who is watched is looked up: what bounds the loss of an event. */
const LOOK_EVERY_MS = 30_000;

/** Somebody who is told of whomever they know. */
interface Follower {
  readonly topic: Subscription;
  /** How often it was asked whom they know, and which of the answers they are told by: of two the later asked knows more. */
  asked: number;
  answered: number;
}

/**
 * Tells this node's subscribers when somebody is shown otherwise than before: once a transition, however many
 * connections or nodes it took, and nobody between whom and the user a block stands.
 */
export class PresenceWatch {
  readonly #users = new WatchedUsers();
  readonly #changed = new Set<number>();
  readonly #recheck: { watcher: Watcher; userId: number }[] = [];
  readonly #followers = new Map<Watcher, Follower>();
  readonly #turns: Pace;
  readonly #topics: Subscription[];
  readonly #looks: NodeJS.Timeout;

  constructor(
    private readonly context: () => Context,
    private readonly bus: Bus,
    private readonly log: Logger,
  ) {
    this.#turns = new Pace(TELL_EVERY_MS, () => this.#turn());
    this.#topics = [
      bus.listen(PRESENCE_TOPIC, (payload) => this.#look((payload as PresenceChanges).userIds)),
      bus.listen(BLOCKS_TOPIC, (payload) => this.#blocked(payload as BlockNews)),
    ];
    this.#looks = setInterval(() => this.#look(this.#users.ids()), LOOK_EVERY_MS).unref();
    bus.onGap(() => {
      this.#look(this.#users.ids());
      for (const watcher of this.#followers.keys()) void this.#follow(watcher);
    });
  }

  /** The users whom somebody on this node watches. */
  get size(): number {
    return this.#users.size;
  }

  /**
   * Begins to tell a viewer of users.
   *
   * @param userIds of whom; null for their friends and the people in their direct conversations, those to come included
   * @returns how to end it
   */
  async open(viewerId: number, userIds: readonly number[] | null, tell: Watcher["tell"]): Promise<() => void> {
    const watcher: Watcher = { viewerId, userIds: new Set(), tell };
    if (userIds === null) {
      // First the topic, then who they are: whoever is met in between is told of.
      const topic = this.bus.listen(userTopic(viewerId), (event) => {
        if (changesAcquaintances(event as UserEvent)) void this.#follow(watcher);
      });
      this.#followers.set(watcher, { topic, asked: 0, answered: 0 });
    }
    try {
      await (userIds === null ? this.#watchAcquaintances(watcher) : this.#watch(watcher, new Set(userIds)));
    } catch (error) {
      this.#close(watcher);
      throw error;
    }
    return () => this.#close(watcher);
  }

  async close(): Promise<void> {
    clearInterval(this.#looks);
    for (const topic of [...this.#topics, ...[...this.#followers.values()].map((follower) => follower.topic)])
      topic.stop();
    await this.#turns.close();
  }

  #close(watcher: Watcher): void {
    this.#followers.get(watcher)?.topic.stop();
    this.#followers.delete(watcher);
    this.#users.forget(watcher);
  }

  async #watchAcquaintances(watcher: Watcher): Promise<void> {
    const follower = this.#followers.get(watcher);
    if (follower === undefined) return;
    const turn = (follower.asked += 1);
    const userIds = await this.context().load(acquaintances, watcher.viewerId);
    if (turn < follower.answered || this.#followers.get(watcher) !== follower) return;
    follower.answered = turn;
    await this.#watch(watcher, userIds);
  }

  async #watch(watcher: Watcher, userIds: ReadonlySet<number>): Promise<void> {
    const unknown = this.#users.watch(watcher, userIds);
    if (unknown.length === 0) return;
    const ctx = this.context();
    const found = await Promise.all(unknown.map((userId) => ctx.load(shown, userId)));
    for (const [place, userId] of unknown.entries()) {
      // A turn that looked later knows better.
      if (this.#users.shown(userId) === undefined) this.#users.show(userId, found[place] as Presence);
    }
  }

  /** Finds out anew whom somebody knows. */
  async #follow(watcher: Watcher): Promise<void> {
    try {
      await this.#watchAcquaintances(watcher);
    } catch (error) {
      this.log.warn({ err: error, userId: watcher.viewerId }, "whom somebody knows could not be read");
    }
  }

  #look(userIds: readonly number[]): void {
    for (const userId of userIds) if (this.#users.has(userId)) this.#changed.add(userId);
    if (this.#changed.size > 0) this.#turns.ask();
  }

  /** A block was made or lifted: each of the two is shown otherwise to the other. */
  #blocked({ userId: one, blockedId: other }: BlockNews): void {
    for (const [viewerId, userId] of [[one, other] as const, [other, one] as const]) {
      for (const watcher of this.#users.watchersBetween(viewerId, userId)) this.#recheck.push({ watcher, userId });
    }
    if (this.#recheck.length > 0) this.#turns.ask();
  }

  async #turn(): Promise<void> {
    const looked = [...this.#changed].slice(0, READ_AT_ONCE);
    const rechecked = this.#recheck.splice(0, READ_AT_ONCE);
    for (const userId of looked) this.#changed.delete(userId);
    try {
      const ctx = this.context();
      if (looked.length > 0) await this.#tellChanged(ctx, looked);
      if (rechecked.length > 0) await this.#tellRechecked(ctx, rechecked);
    } catch (error) {
      this.log.warn({ err: error }, "how people are shown could not be read");
      this.#recheck.push(...rechecked);
      this.#look(looked);
    }
    if (this.#changed.size + this.#recheck.length > 0) this.#turns.ask();
  }

  async #tellChanged(ctx: Context, userIds: readonly number[]): Promise<void> {
    const found = await shown(ctx, userIds);
    const otherwise = new Map<number, Presence>();
    let told = 0;
    for (const [place, userId] of userIds.entries()) {
      const now = found[place] as Presence;
      const before = this.#users.shown(userId);
      if (before === undefined) this.#users.show(userId, now);
      if (before === undefined || before.status === now.status) continue;
      // The rest has to wait; who is back as they were by then is no news any more.
      if (told >= TOLD_IN_A_TURN) this.#changed.add(userId);
      else otherwise.set(userId, now);
      told += this.#users.watchersOf(userId).size;
    }
    if (otherwise.size === 0) return;
    const watching = [...otherwise.keys()].flatMap((userId) => [...this.#users.watchersOf(userId)]);
    const viewerIds = new Set(watching.map(({ viewerId }) => viewerId));
    const hidden = await hiddenAmong(ctx, [...otherwise.keys()], [...viewerIds]);
    const users = await byIdsOrNull(ctx, [...otherwise.keys()]);
    for (const [place, [userId, presence]] of [...otherwise].entries()) {
      const user = users[place];
      this.#users.show(userId, presence);
      if (user == null) continue;
      const news = { user: SeenUser.of(user, presence) };
      for (const watcher of this.#users.watchersOf(userId)) {
        if (!hidden({ viewerId: watcher.viewerId, userId })) watcher.tell(news);
      }
    }
  }

  async #tellRechecked(ctx: Context, rechecked: readonly { watcher: Watcher; userId: number }[]): Promise<void> {
    const pairs: Pairing[] = rechecked.map(({ watcher: { viewerId }, userId }) => ({ viewerId, userId }));
    const userIds = pairs.map(({ userId }) => userId);
    const hidden = await hiddenAmong(
      ctx,
      userIds,
      pairs.map(({ viewerId }) => viewerId),
    );
    const users = await byIdsOrNull(ctx, userIds);
    for (const [place, { watcher, userId }] of rechecked.entries()) {
      const presence = this.#users.shown(userId) ?? UNKNOWN;
      const user = users[place];
      if (user == null || presence.status === UNKNOWN.status) continue;
      watcher.tell({ user: SeenUser.of(user, hidden(pairs[place] as Pairing) ? UNKNOWN : presence) });
    }
  }
}

/** Whether an event may make somebody a friend or a direct peer, or end that. */
function changesAcquaintances(event: UserEvent): boolean {
  if (event.type === "conversation") return event.change === "CREATED";
  return (
    event.type === "friendship" &&
    (event.change === FriendshipChange.ACCEPTED || event.change === FriendshipChange.REMOVED)
  );
}

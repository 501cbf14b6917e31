import type { Presence, SeenUser } from "./presence.ts";

/** Somebody is shown otherwise than before. One object for everybody who is told. */
export interface PresenceNews {
  readonly user: SeenUser;
}

/** A subscriber on this node. */
export interface Watcher {
  readonly viewerId: number;
  /** Whom they watch. */
  userIds: ReadonlySet<number>;
  readonly tell: (news: PresenceNews) => void;
}

interface Watched {
  /** How everybody was told that the user is shown; undefined until it is looked up. */
  shown: Presence | undefined;
  readonly watchers: Set<Watcher>;
}

/** Whom somebody watches on this node, and what they were told last. */
export class WatchedUsers {
  readonly #watched = new Map<number, Watched>();
  readonly #byViewer = new Map<number, Set<Watcher>>();

  get size(): number {
    return this.#watched.size;
  }

  ids(): number[] {
    return [...this.#watched.keys()];
  }

  has(userId: number): boolean {
    return this.#watched.has(userId);
  }

  watchersOf(userId: number): ReadonlySet<Watcher> {
    return this.#watched.get(userId)?.watchers ?? NOBODY;
  }

  /** What a viewer's subscriptions are that watch the user. */
  watchersBetween(viewerId: number, userId: number): Watcher[] {
    return [...(this.#byViewer.get(viewerId) ?? [])].filter(({ userIds }) => userIds.has(userId));
  }

  shown(userId: number): Presence | undefined {
    return this.#watched.get(userId)?.shown;
  }

  show(userId: number, presence: Presence): void {
    const watched = this.#watched.get(userId);
    if (watched !== undefined) watched.shown = presence;
  }

  /** Makes `userIds` those whom the watcher watches. @returns those whose presence is to be looked up */
  watch(watcher: Watcher, userIds: ReadonlySet<number>): number[] {
    const before = watcher.userIds;
    watcher.userIds = userIds;
    for (const userId of before) if (!userIds.has(userId)) this.#drop(watcher, userId);
    for (const userId of userIds) if (!this.watchersOf(userId).has(watcher)) this.#add(watcher, userId);
    const ofViewer = this.#byViewer.get(watcher.viewerId);
    if (ofViewer === undefined) this.#byViewer.set(watcher.viewerId, new Set([watcher]));
    else ofViewer.add(watcher);
    return [...userIds].filter((userId) => this.#watched.get(userId)?.shown === undefined);
  }

  forget(watcher: Watcher): void {
    for (const userId of watcher.userIds) this.#drop(watcher, userId);
    const ofViewer = this.#byViewer.get(watcher.viewerId);
    if (ofViewer?.delete(watcher) === true && ofViewer.size === 0) this.#byViewer.delete(watcher.viewerId);
  }

  #add(watcher: Watcher, userId: number): void {
    const watched = this.#watched.get(userId);
    if (watched === undefined) this.#watched.set(userId, { shown: undefined, watchers: new Set([watcher]) });
    else watched.watchers.add(watcher);
  }

  #drop(watcher: Watcher, userId: number): void {
    const watched = this.#watched.get(userId);
    if (watched?.watchers.delete(watcher) === true && watched.watchers.size === 0) this.#watched.delete(userId);
  }
}

const NOBODY: ReadonlySet<Watcher> = new Set();

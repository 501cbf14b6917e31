import type { LogChange } from "./log-source.ts";

/** What a door hears of one user's world. Every method must return soon and must not throw. */
export interface Watcher<C extends LogChange> {
  onChange(change: C): void;
  /** Something that no log keeps happened in a log that is watched. */
  onPassing(logId: number, event: unknown): void;
  /** Something that concerns the user happened. */
  onUserEvent(event: unknown): void;
  /** The user came into a log: what happens in it waits, until {@link onGained}, or {@link onLost} where nothing came of it. */
  onGaining(logId: number): void;
  /** The user came into a log: everything after `since` is news; what comes after `position` is handed out. */
  onGained(logId: number, since: number, position: number): void;
  /** The user may not see the log any more, or it is no more. */
  onLost(logId: number): void;
  /** Whether the user may still see the log cannot be found out: they hear no more of it, and are to come back and ask anew. */
  onDoubt(logId: number): void;
}

/** Few watch for one user, and there are very many users: short arrays, replaced when they change, so none is changed while it is walked. */
export type Watchers<C extends LogChange> = readonly Watcher<C>[];
export const without = <C extends LogChange>(watchers: Watchers<C>, watcher: Watcher<C>): Watchers<C> =>
  watchers.filter((other) => other !== watcher);
export const including = <C extends LogChange>(watchers: Watchers<C>, watcher: Watcher<C>): Watchers<C> =>
  watchers.includes(watcher) ? watchers : [...watchers, watcher];

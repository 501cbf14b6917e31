import type { ChannelListener } from "./log-channel.ts";
import type { LogChange } from "./log-source.ts";
import type { Watcher, Watchers } from "./watcher.ts";

/** One user's place in one log: a hub's listener that passes on to whichever doors of the user watch the log. */
export class Seat<C extends LogChange> implements ChannelListener<C> {
  watchers: Watchers<C> = [];
  /** How many ask at present whether the user may still see the log, and what happens meanwhile. */
  #asking = 0;
  #held: (() => void)[] | null = null;

  constructor(
    readonly logId: number,
    private readonly onEnd: (logId: number) => void,
  ) {}

  onChange(change: C): void {
    this.#tell((watcher) => watcher.onChange(change));
  }

  onPassing(logId: number, event: unknown): void {
    this.#tell((watcher) => watcher.onPassing(logId, event));
  }

  hold(): void {
    this.#asking += 1;
    this.#held ??= [];
  }

  letGo(): void {
    this.#asking -= 1;
    if (this.#asking > 0) return;
    const held = this.#held ?? [];
    this.#held = null;
    for (const tell of held) tell();
  }

  #tell(what: (watcher: Watcher<C>) => void): void {
    if (this.#held === null) return this.watchers.forEach(what);
    // Who comes later begins at a later position: it is told to those who are here now, as far as they still are.
    const { watchers } = this;
    this.#held.push(() => watchers.filter((watcher) => this.watchers.includes(watcher)).forEach(what));
  }

  onGone(logId: number): void {
    this.onEnd(logId);
  }
}

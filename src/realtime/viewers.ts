import type { Logger } from "pino";

import type { Bus } from "./bus.ts";
import type { Hub } from "./hub.ts";
import type { LogChange } from "./log-source.ts";
import { type StreamHome, ViewerStream } from "./viewer-stream.ts";
import type { Watcher } from "./watcher.ts";

/** How often memberships are looked at: what bounds the loss of an event about one. */
const MEMBERSHIP_CHECK_MS = 2_000;

/** Everybody who is connected to this node, each with one stream; and who of them may see what. */
export class Viewers<C extends LogChange> implements StreamHome<C> {
  readonly #streams = new Map<number, ViewerStream<C>>();
  readonly #checks: NodeJS.Timeout;
  /** The oldest transaction that the last look at the memberships may not have seen. */
  #since: string | null = null;
  #checking = false;
  /** Whose memberships could not be read: the next look tries again. */
  readonly #unread = new Set<ViewerStream<C>>();

  constructor(
    readonly hub: Hub<C>,
    readonly bus: Bus,
    private readonly log: Logger,
  ) {
    hub.beforeHandOut((change) => this.#applyAudience(change));
    this.#checks = setInterval(() => void this.check(), MEMBERSHIP_CHECK_MS);
    this.#checks.unref();
    bus.onGap(() => void this.check());
  }

  /** The users who are connected here. */
  get size(): number {
    return this.#streams.size;
  }

  /** Attaches a watcher to the user's stream; `stream.detach(watcher)` lets go of it. */
  open(userId: number, watcher: Watcher<C>): ViewerStream<C> {
    let stream = this.#streams.get(userId);
    if (stream === undefined) {
      stream = new ViewerStream<C>(userId, this);
      this.#streams.set(userId, stream);
    }
    stream.attach(watcher);
    return stream;
  }

  /** Finds memberships that changed and of which no event told. */
  async check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const { changes, next } = await this.hub.source.membershipChanges(this.#since);
      this.#since = next;
      const gained = new Set(this.#unread);
      this.#unread.clear();
      for (const { logId, userId, present } of changes) {
        const stream = this.#streams.get(userId);
        if (stream === undefined) continue;
        if (present) gained.add(stream);
        else await this.#recheck(logId, [stream]);
      }
      for (const stream of gained) void stream.gain();
    } catch (error) {
      this.log.warn({ err: error }, "changed memberships could not be read");
    } finally {
      this.#checking = false;
    }
  }

  onEmpty(stream: ViewerStream<C>): void {
    this.#streams.delete(stream.userId);
    this.#unread.delete(stream);
  }

  onFault(stream: ViewerStream<C>, error: unknown): void {
    this.#unread.add(stream);
    this.log.warn({ err: error, userId: stream.userId }, "a viewer's memberships could not be read");
  }

  onHint(stream: ViewerStream<C>, logId: number): void {
    void this.#recheck(logId, [stream]);
  }

  close(): void {
    clearInterval(this.#checks);
  }

  #applyAudience(change: C): void {
    const audience = this.hub.source.audience(change);
    if (audience === null) return;
    for (const userId of audience.out) this.#streams.get(userId)?.lose(change.logId);
    for (const userId of audience.in) void this.#streams.get(userId)?.gain();
    if (audience.recheck) void this.#recheck(change.logId, [...this.#streams.values()]);
  }

  /** Asks whether users may still see a log; what happens in it meanwhile is kept from them until that is known. */
  async #recheck(logId: number, streams: readonly ViewerStream<C>[]): Promise<void> {
    const watching = streams.filter((stream) => stream.sits(logId));
    if (watching.length === 0) return;
    const letGo = watching.map((stream) => stream.hold(logId));
    try {
      const userIds = watching.map(({ userId }) => userId);
      const allowed = await this.hub.source.audienceAmong(logId, userIds);
      for (const stream of watching) if (!allowed.has(stream.userId)) stream.lose(logId);
    } catch (error) {
      this.log.warn({ err: error, logId }, "the audience of a log could not be read");
      for (const stream of watching) stream.doubt(logId);
    } finally {
      for (const go of letGo) go();
    }
  }
}

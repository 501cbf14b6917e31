import { LRUCache } from "lru-cache";
import type { Logger } from "pino";

import type { SessionDirectory } from "../auth/session-directory.ts";
import type { Context, Viewer } from "../kernel/context.ts";
import type { NodeLease } from "../kernel/node-lease.ts";
import type { Bus } from "../realtime/bus.ts";
import { Pace } from "./pace.ts";
import { type Activity, type Source, bury, enter, leave, signOff, sweep, touch } from "./presence-store.ts";
import { tellChanged } from "./presence-topic.ts";
import { Roll } from "./roll.ts";

/** Comings, goings and activity of so long are written together. */
const WRITE_EVERY_MS = 250;
/** How soon it is tried again where the database was away. */
const TRY_AGAIN_MS = 1_000;
/** Users, or logins, that one statement writes. */
export const WRITTEN_AT_ONCE = 5_000;
/** Activity of one login is written so often, at the most. */
export const ACTIVITY_EVERY_MS = 60_000;
/** Logins whose latest activity a node remembers; of others it is written more often. */
const ACTIVE_REMEMBERED = 100_000;
/** How often those whose time has run out are looked for, and who has closed their last connection. */
const SWEEP_EVERY_MS = 5_000;
const GONE_EVERY_MS = 250;

/** What is remembered of a login that was active. */
interface Noted {
  readonly at: number;
  readonly stopListening: () => void;
}

/**
 * Keeps the database told of who is here by this node. Every change is gathered: however many clients come back at once,
 * it is a statement or two every quarter of a second.
 */
export class Attendance {
  readonly #roll = new Roll();
  readonly #writes: Pace;
  readonly #noted = new LRUCache<string, Noted>({
    max: ACTIVE_REMEMBERED,
    dispose: ({ stopListening }) => stopListening(),
  });
  /** Users of whom the database is to be told whether they are connected here. */
  readonly #changed = new Set<number>();
  /** Logins that hold nobody here any more, by their ids. */
  readonly #over = new Map<string, Source>();
  readonly #active = new Map<string, Activity>();
  #next = Promise.withResolvers<void>();
  #underWay: Promise<void> = Promise.resolve();
  readonly #timers: NodeJS.Timeout[];

  constructor(
    private readonly context: () => Context,
    private readonly bus: Bus,
    private readonly lease: NodeLease,
    private readonly sessions: SessionDirectory,
    private readonly log: Logger,
  ) {
    this.#writes = new Pace(WRITE_EVERY_MS, () => this.#write());
    lease.onGone((tx, nodes) =>
      this.#bury(
        tx,
        nodes.map(({ id }) => id),
      ),
    );
    lease.onReturn(() => this.#enterAll());
    this.#timers = [
      setInterval(() => void this.#sweep(), SWEEP_EVERY_MS).unref(),
      setInterval(() => this.#takeGone(), GONE_EVERY_MS).unref(),
    ];
  }

  /** One more connection of somebody. */
  connect(viewer: Viewer): void {
    const { userId, sessionId } = viewer;
    const isNew = this.#roll.add(viewer);
    // From now on the connection holds them, and nothing else of this login: they go with it, or with the node.
    if (isNew.login) this.#over.set(sessionId, { userId, source: sessionId });
    if (isNew.user) this.#changed.add(userId);
    if (this.#waiting > 0) this.#writes.ask();
  }

  /** One connection less. @returns whether it was the last of its login */
  disconnect(viewer: Viewer): boolean {
    return this.#roll.remove(viewer, Date.now());
  }

  /**
   * Somebody did something.
   *
   * @param overHttp whether they are here by it: while the login has a connection to this node, they are here by that
   */
  active({ userId, sessionId }: Viewer, overHttp: boolean): void {
    const now = Date.now();
    const noted = this.#noted.get(sessionId);
    if (noted !== undefined && now - noted.at < ACTIVITY_EVERY_MS) return;
    const holds = overHttp && !this.#roll.hasLogin(sessionId);
    const stopListening = holds ? this.sessions.onEnd(sessionId, () => this.#end(userId, sessionId)) : nothing;
    this.#noted.set(sessionId, { at: now, stopListening });
    this.#active.set(sessionId, { userId, sessionId, holds });
    this.#writes.ask();
  }

  /** Resolves when everything that was told so far is written. */
  async settled(): Promise<void> {
    await this.#underWay;
    if (this.#waiting > 0) await this.#next.promise;
  }

  /** Stops. Whoever is connected is signed off with the node's lease. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#writes.close();
    this.#noted.clear();
  }

  get #waiting(): number {
    return this.#changed.size + this.#over.size + this.#active.size;
  }

  #change(userId: number): void {
    this.#changed.add(userId);
    this.#writes.ask();
  }

  /** The node was taken for dead, or the database lost the list. */
  #enterAll(): void {
    for (const userId of this.#roll.userIds()) this.#changed.add(userId);
    this.#writes.ask();
  }

  #takeGone(): void {
    const { logins, userIds } = this.#roll.takeGone(Date.now());
    for (const { userId, source } of logins) this.#end(userId, source);
    for (const userId of userIds) this.#change(userId);
  }

  /** A login holds its user here no longer; its next activity is news. */
  #end(userId: number, sessionId: string): void {
    this.#noted.delete(sessionId);
    this.#active.delete(sessionId);
    this.#over.set(sessionId, { userId, source: sessionId });
    this.#writes.ask();
  }

  async #write(): Promise<void> {
    const changed = taken(this.#changed, (userId) => this.#changed.delete(userId));
    const over = taken(this.#over.values(), ({ source }) => this.#over.delete(source));
    const active = taken(this.#active.values(), ({ sessionId }) => this.#active.delete(sessionId));
    const { promise, resolve } = this.#next;
    this.#underWay = promise;
    this.#next = Promise.withResolvers();
    try {
      const ctx = this.context();
      const [come, gone] = [changed.filter((id) => this.#roll.has(id)), changed.filter((id) => !this.#roll.has(id))];
      const left = [...gone.map((userId) => ({ userId, source: this.lease.id })), ...over];
      if (come.length > 0) await enter(ctx, this.lease.id, come);
      if (left.length > 0) await leave(ctx, left);
      const fresh = active.length === 0 ? [] : await touch(ctx, active);
      tellChanged(this.bus, [...come, ...left.map(({ userId }) => userId), ...fresh]);
      resolve();
    } catch (error) {
      this.log.warn({ err: error }, "who is here could not be written");
      for (const userId of changed) this.#changed.add(userId);
      for (const source of over) this.#over.set(source.source, source);
      for (const activity of active) this.#active.set(activity.sessionId, activity);
      resolve(this.#next.promise);
      setTimeout(() => this.#writes.ask(), TRY_AGAIN_MS).unref();
      return;
    }
    if (this.#waiting > 0) this.#writes.ask();
  }

  async #sweep(): Promise<void> {
    try {
      tellChanged(this.bus, await sweep(this.context()));
    } catch (error) {
      this.log.warn({ err: error }, "who is here no more could not be looked for");
    }
  }

  async #bury(tx: Context, nodeIds: readonly string[]): Promise<void> {
    if (nodeIds.includes(this.lease.id)) await signOff(tx, this.lease.id);
    const others = nodeIds.filter((id) => id !== this.lease.id);
    if (others.length === 0) return;
    const gone = await bury(tx, others);
    tx.afterCommit(() => tellChanged(this.bus, gone));
  }
}

const nothing = (): void => undefined;

/** Takes out the first of them, as many as one statement writes. */
function taken<T>(waiting: Iterable<T>, take: (item: T) => void): T[] {
  const some: T[] = [];
  for (const item of waiting) {
    if (some.length >= WRITTEN_AT_ONCE) break;
    some.push(item);
    take(item);
  }
  return some;
}

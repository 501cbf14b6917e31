import { GraphQLError } from "graphql";

import type { Context } from "../../kernel/context.ts";
import { Failure, notFound } from "../../kernel/errors.ts";
import type { MessageChange } from "../../messages/change.ts";
import { encodeCursor } from "../../messages/cursor.ts";
import { readLog } from "../../messages/log-source.ts";
import { type Amid, inHandOutOrder } from "../../realtime/log-source.ts";
import type { LiveSource, ReadFrom } from "../../realtime/live-source.ts";
import type { ViewerStream, Watcher } from "../../realtime/viewer-stream.ts";
import { refusal, translate } from "../errors.ts";
import { CatchUp } from "./catch-up.ts";
import type { FrameWriter } from "./frames.ts";
import type { LiveEvent, LiveGroup, Receiver } from "./live-group.ts";
import { PendingStream } from "./pending-stream.ts";

/** Changes that a reader may be behind: past it, fetching the conversation again is the better way. */
export const BEHIND_MAXIMUM = 1_000;

const TAIL = "}";

/** Where an operation over a socket goes. */
export interface OperationPlace {
  readonly userId: number;
  readonly operationId: string;
  readonly writer: FrameWriter;
  /** A context for one more execution on behalf of whoever is connected. */
  context(): Context;
}

/**
 * One subscription of one connection. It hears of the viewer's world through their stream, has its group execute what
 * concerns it, and writes the result to its socket. A log that it is behind in is read first; what happens meanwhile waits.
 */
export class LiveOperation implements Watcher<MessageChange>, Receiver {
  /** What graphql-ws holds on to: it ends when the operation does. */
  readonly stream: PendingStream;
  /** Of each log, the position up to which everything was written to the socket since {@link takeSent}. */
  #sent: Map<number, number> | null = null;
  /** Logs in which the reader is not yet where the log is. Until all are known, every log is. */
  #behind: Map<number, CatchUp> | null = null;
  /** Logs in which the reader is ahead of what the hub has handed out so far, and where. */
  #ahead: Map<number, number> | null = null;
  #starting = true;
  #ended = false;
  readonly #head: string;
  #viewer: ViewerStream<MessageChange> | undefined;

  constructor(
    private readonly source: LiveSource<MessageChange>,
    private readonly group: LiveGroup,
    private readonly place: OperationPlace,
    private readonly onEnd: () => void,
  ) {
    this.#head = `{"id":${asciiJson(place.operationId)},"type":"next","payload":`;
    this.stream = new PendingStream(() => this.end());
    group.members += 1;
  }

  get userId(): number {
    return this.place.userId;
  }

  ownContext(): Context {
    return this.place.context();
  }

  /**
   * Begins to listen.
   *
   * @param resumed of each log, the position from which a lost connection goes on; null where there was none
   * @returns of each log the position that the operation begins at
   * @throws NOT_FOUND, EXPIRED
   */
  async start(resumed: ReadonlyMap<number, number> | null): Promise<Map<number, number>> {
    const ctx = this.place.context();
    const viewer = ctx.services.viewers.open(this.userId, this);
    this.#viewer = viewer;
    const { scope } = this.source;
    try {
      switch (scope.kind) {
        case "user":
          this.#starting = false;
          return new Map();
        case "log":
          return await this.#startLog(ctx, viewer, scope.logId, this.#from(scope.logId, scope.after, resumed));
        case "everything":
          return await this.#startEverything(ctx, viewer, resumed);
      }
    } catch (error) {
      this.end();
      throw error;
    }
  }

  onChange(change: MessageChange): void {
    if (!this.source.followsLogs) return;
    const behind = this.#starting ? this.#behindIn(change.logId) : this.#behind?.get(change.logId);
    if (behind === undefined) this.#deliver(change);
    else behind.add(change);
  }

  onPassing(logId: number, event: unknown): void {
    if (this.#starting || !this.source.hearsPassing) return;
    const cause = event as object;
    this.group.deliver({ cause, order: logId, position: null }, () => this.source.onPassing(event), this);
  }

  onUserEvent(event: unknown): void {
    if (!this.source.hearsUserEvents) return;
    const cause = event as object;
    this.group.deliver({ cause, order: -this.userId, position: null }, () => this.source.onUserEvent(event), this);
  }

  onGained(logId: number, since: number, position: number): void {
    if (this.source.followsLogs) this.#inBackground(this.#goLive(this.place.context(), logId, since, position));
  }

  onLost(logId: number): void {
    this.#caughtUp(logId);
    if (this.source.scope.kind === "log") this.end();
  }

  receive(result: Buffer | null, event: LiveEvent): void {
    // Between the event and its execution the right to see it may have gone.
    if (this.#ended || (event.order > 0 && this.#viewer?.watches(event.order, this) !== true)) return;
    if (result !== null) this.place.writer.write(this.#head, result, TAIL);
    if (event.position !== null) this.#mark(event.order, event.position);
  }

  /** The positions that were written since the last call. */
  takeSent(): ReadonlyMap<number, number> {
    const sent = this.#sent;
    this.#sent = null;
    return sent ?? NOTHING_SENT;
  }

  /** Ends the subscription: the client is told that it is complete. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.group.members -= 1;
    this.#viewer?.detach(this);
    this.place.writer.flush();
    this.stream.finish();
    this.onEnd();
  }

  /** Ends the subscription with an error. */
  fail(error: unknown): void {
    if (this.#ended) return;
    const ctx = this.place.context();
    const told = error instanceof Failure ? refusal(error, ctx.origin.requestId) : translate(asThrown(error), ctx);
    this.place.writer.flush();
    this.stream.fail(told);
    this.end();
  }

  async #startLog(
    ctx: Context,
    viewer: ViewerStream<MessageChange>,
    logId: number,
    from: ReadFrom | null,
  ): Promise<Map<number, number>> {
    this.#behindIn(logId);
    const position = await viewer.watch(logId, this);
    if (position === null) throw notFound("conversationId", "conversation");
    this.#starting = false;
    const restored = from !== null && from.epoch !== ctx.services.database.epoch;
    const begin = restored ? -1 : (from?.position ?? position);
    // Resolves with the answer to the subscription; reading on goes on behind it.
    this.#inBackground(this.#goLive(ctx, logId, begin, position, from?.amid ?? null));
    return new Map([[logId, Math.max(begin, 0)]]);
  }

  async #startEverything(
    ctx: Context,
    viewer: ViewerStream<MessageChange>,
    resumed: ReadonlyMap<number, number> | null,
  ): Promise<Map<number, number>> {
    const { memberships, positions } = await viewer.watchAll(this);
    const begins = new Map<number, number>();
    for (const { logId, joinedPosition } of memberships) {
      const position = positions.get(logId);
      // A log that the lost connection did not know was joined since: all since then is new.
      if (position !== undefined)
        begins.set(logId, resumed === null ? position : (resumed.get(logId) ?? joinedPosition));
    }
    for (const logId of begins.keys()) this.#behindIn(logId);
    this.#starting = false;
    for (const [logId, begin] of begins) {
      this.#inBackground(this.#goLive(ctx, logId, begin, positions.get(logId) ?? begin));
    }
    return begins;
  }

  #from(logId: number, after: ReadFrom | null, resumed: ReadonlyMap<number, number> | null): ReadFrom | null {
    const position = resumed?.get(logId);
    if (position === undefined) return after;
    return { epoch: this.place.context().services.database.epoch, position, amid: null };
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.fail(error));
  }

  /** Hands out what a log holds after `begin`, then what waited meanwhile; from then on changes go straight through. */
  async #goLive(ctx: Context, logId: number, begin: number, position: number, amid: Amid | null = null): Promise<void> {
    const behind = this.#behindIn(logId);
    let at = begin;
    // The reader may be ahead of the hub by what is still on its way here; to be ahead of the log itself is a fault.
    if (begin !== position) at = await this.#readOn(ctx, logId, begin, behind, amid);
    for (let waiting = behind.after(at); this.#behind?.get(logId) === behind; waiting = behind.after(at)) {
      if (waiting !== null) {
        this.#caughtUp(logId);
        if (at > position) {
          this.#ahead ??= new Map();
          this.#ahead.set(logId, at);
        }
        for (const change of waiting) this.#deliver(change, at);
        return;
      }
      at = await this.#readOn(ctx, logId, at, behind);
    }
  }

  /** Reads the log after a position and writes what it holds. @returns the position that was reached */
  async #readOn(ctx: Context, logId: number, from: number, behind: CatchUp, amid: Amid | null = null): Promise<number> {
    behind.begin();
    const page = from < 0 ? null : await readLog(ctx.services.database, logId, from, BEHIND_MAXIMUM);
    if (page === null || page.more || page.head < from || page.head - from > BEHIND_MAXIMUM) {
      const [[, head] = [logId, 0]] = await ctx.services.hub.source.heads([logId]);
      return this.#startOver(logId, head);
    }
    for (const change of inHandOutOrder(page, from)) {
      if (this.#ended) break;
      if (amid !== null && wasGiven(change, amid)) continue;
      const payload = this.source.onChange(change);
      if (payload !== null) this.#write(logId, await this.group.executeFor(payload, this));
      await this.place.writer.drained();
    }
    this.#mark(logId, page.head);
    return page.head;
  }

  /** Too much lies between: the reader is told to fetch anew, and hears what comes after `head`. */
  async #startOver(logId: number, head: number): Promise<number> {
    if (this.source.resync === null) {
      const { epoch } = this.place.context().services.database;
      const cursor = encodeCursor({ epoch, conversationId: logId, position: head });
      throw new Failure("EXPIRED", "Too much has changed since: fetch the conversation again.", {
        reason: "RESYNC_REQUIRED",
        field: "after",
        cursor,
      });
    }
    this.#write(logId, await this.group.executeFor(this.source.resync(logId, head), this));
    this.#mark(logId, head);
    return head;
  }

  /** What waits in a log that the reader has not come up to. */
  #behindIn(logId: number): CatchUp {
    this.#behind ??= new Map();
    let behind = this.#behind.get(logId);
    if (behind === undefined) {
      behind = new CatchUp();
      this.#behind.set(logId, behind);
    }
    return behind;
  }

  #caughtUp(logId: number): void {
    this.#behind?.delete(logId);
    if (this.#behind?.size === 0) this.#behind = null;
  }

  #mark(logId: number, position: number): void {
    this.#sent ??= new Map();
    this.#sent.set(logId, position);
  }

  #write(logId: number, result: Buffer): void {
    this.receive(result, { cause: this, order: logId, position: null });
  }

  /** @param reached the position that the reader has reached, where the hub may not have come so far */
  #deliver(change: MessageChange, reached = this.#ahead?.get(change.logId)): void {
    if (reached !== undefined) {
      if (change.position <= reached) return;
      if (change.cursor > reached) this.#ahead?.delete(change.logId);
      // The reader read the message from the log before the hub came by.
      if (change.added && change.addedPosition <= reached) change = change.asUpdate();
    }
    const event = { cause: change, order: change.logId, position: change.cursor };
    this.group.deliver(event, () => this.source.onChange(change), this);
  }
}

/** Whether a reader who was cut off amid a page had the message from it, as it still is. */
const wasGiven = ({ added, addedPosition, position }: MessageChange, { base, head }: Amid): boolean =>
  !added && addedPosition > base && position <= head;

const NOTHING_SENT: ReadonlyMap<number, number> = new Map();

/** JSON in ASCII, so that its length in bytes is its length. */
const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const asThrown = (error: unknown): GraphQLError => new GraphQLError("", { originalError: error as Error, path: [] });

import type { Context } from "../../kernel/context.ts";
import { Failure, notFound } from "../../kernel/errors.ts";
import type { MessageChange } from "../../messages/change.ts";
import type { LiveSource, OpenFeed, ReadFrom } from "../../realtime/live-source.ts";
import type { ViewerStream } from "../../realtime/viewer-stream.ts";
import type { Watcher } from "../../realtime/watcher.ts";
import { refusal } from "../errors.ts";
import type { FrameWriter } from "../../realtime/frames.ts";
import type { LiveEvent, LiveGroup, Receiver } from "./live-group.ts";
import { LogFollower, type LogReader } from "../../messages/log-follower.ts";
import { PendingStream } from "./pending-stream.ts";

const TAIL = "}";

/** Where an operation over a socket goes. */
export interface OperationPlace {
  readonly userId: number;
  readonly operationId: string;
  readonly writer: FrameWriter;
  /** A context for one more execution on behalf of whoever is connected. */
  context(): Context;
  /** Closes the connection, so that the client comes back. */
  breakOff(): void;
}

/** Of each log, a position. */
type Positions = ReadonlyMap<number, number>;

/**
 * One subscription of one connection. It hears of the viewer's world through their stream, has its group execute what
 * concerns it, and writes the result to its socket.
 */
export class LiveOperation implements Watcher<MessageChange>, Receiver, LogReader {
  /** What graphql-ws holds on to: it ends when the operation does. */
  readonly stream: PendingStream;
  ended = false;
  /** Until it is known which logs there are, and where it begins in each, all of them wait. */
  #starting = true;
  /** Of each log, the position up to which everything was written to the socket since {@link takeSent}. */
  #sent: Map<number, number> | null = null;
  #endFeed: (() => void) | null = null;
  readonly #head: string;
  readonly #logs: LogFollower;
  readonly #viewer: ViewerStream<MessageChange>;

  constructor(
    private readonly source: LiveSource<MessageChange>,
    private readonly group: LiveGroup,
    private readonly place: OperationPlace,
    private readonly onEnd: () => void,
  ) {
    const { services } = place.context();
    this.#head = `{"id":${asciiJson(place.operationId)},"type":"next","payload":`;
    this.#logs = new LogFollower(services, source, this);
    this.#viewer = services.viewers.open(place.userId, this);
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
   * Begins to listen. Where it fails, whoever began it ends it.
   *
   * @param resumed of each log, the position from which a lost connection goes on; null where there was none
   * @returns of each log the position that the operation begins at
   * @throws NOT_FOUND
   */
  async start(resumed: Positions | null): Promise<Positions> {
    const { scope } = this.source;
    switch (scope.kind) {
      case "user":
        this.#starting = false;
        return new Map();
      case "log":
        return this.#startLog(scope.logId, scope.after, resumed?.get(scope.logId));
      case "everything":
        return this.#startEverything(resumed);
      case "feed":
        return this.#startFeed(scope.open);
    }
  }

  onChange(change: MessageChange): void {
    if (!this.source.followsLogs) return;
    if (this.#starting) this.#logs.hold(change.logId);
    this.#logs.take(change);
  }

  onPassing(logId: number, event: unknown): void {
    if (this.#starting || !this.source.hearsPassing || !this.source.concerns(event, this.userId)) return;
    const cause = event as object;
    this.group.deliver({ cause, logId, position: null }, () => this.source.onPassing(event), this);
  }

  onUserEvent(event: unknown): void {
    if (!this.source.hearsUserEvents) return;
    const cause = event as object;
    this.group.deliver({ cause, logId: null, position: null }, () => this.source.onUserEvent(event), this);
  }

  onGaining(logId: number): void {
    if (this.source.followsLogs) this.#logs.hold(logId);
  }

  onGained(logId: number, since: number, position: number): void {
    if (this.source.followsLogs) this.#inBackground(this.#logs.follow(logId, since, position));
  }

  onLost(logId: number): void {
    this.#logs.drop(logId);
    if (this.source.scope.kind === "log") this.end();
  }

  onDoubt(logId: number): void {
    this.breakOff(new Error(`Whether log ${logId} may still be seen could not be found out.`));
  }

  pass(change: MessageChange): void {
    const event = { cause: change, logId: change.logId, position: change.cursor };
    this.group.deliver(event, () => this.source.onChange(change), this);
  }

  async write(logId: number, payloads: readonly unknown[]): Promise<void> {
    const ctx = this.ownContext();
    const results = await Promise.all(payloads.map((payload) => this.group.executeIn(ctx, payload)));
    for (const result of results) this.receive(result, { cause: this, logId, position: null });
    await this.place.writer.drained();
  }

  lose(logId: number): void {
    this.#viewer.lose(logId);
  }

  reached(logId: number, position: number): void {
    this.#sent ??= new Map();
    this.#sent.set(logId, position);
  }

  receive(result: Buffer | null, { logId, position }: LiveEvent): void {
    // Between the event and its execution the right to see it may have gone.
    if (this.ended || (logId !== null && !this.#viewer.watches(logId, this))) return;
    if (result !== null) this.place.writer.write(this.#head, result, TAIL);
    if (logId !== null && position !== null) this.reached(logId, position);
  }

  /** The positions that were written since the last call. */
  takeSent(): Positions {
    const sent = this.#sent;
    this.#sent = null;
    return sent ?? NOTHING_SENT;
  }

  /** Ends the subscription: the client is told that it is complete. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.group.members -= 1;
    this.#viewer.detach(this);
    this.#endFeed?.();
    this.place.writer.flush();
    this.stream.finish();
    this.onEnd();
  }

  /** Ends the subscription with an error. */
  fail(error: Failure): void {
    if (this.ended) return;
    this.place.writer.flush();
    this.stream.fail(refusal(error, this.place.context().origin.requestId));
    this.end();
  }

  breakOff(error: unknown): void {
    if (this.ended) return;
    this.place.context().log.error({ err: error }, "a subscription could not go on");
    // As a lost connection: what was not written is not marked as sent, and comes when the client is back.
    this.place.breakOff();
    this.end();
  }

  async #startLog(logId: number, after: ReadFrom | null, resumed: number | undefined): Promise<Positions> {
    this.#logs.hold(logId);
    const position = await this.#viewer.watch(logId, this);
    if (position === null) throw notFound("conversationId", "conversation");
    this.#starting = false;
    const restored = resumed === undefined && after !== null && after.epoch !== this.#epoch;
    const begin = restored ? -1 : (resumed ?? after?.position ?? position);
    const amid = resumed === undefined ? (after?.amid ?? null) : null;
    // The subscription stands now; what it missed is read behind the answer that says so.
    if (this.source.followsLogs) this.#inBackground(this.#logs.follow(logId, begin, position, amid));
    return new Map([[logId, Math.max(begin, 0)]]);
  }

  async #startEverything(resumed: Positions | null): Promise<Positions> {
    const { memberships, positions } = await this.#viewer.watchAll(this);
    const begins = new Map<number, number>();
    for (const { logId, joinedPosition } of memberships) {
      const position = positions.get(logId);
      if (position === undefined) continue;
      // A log that the lost connection did not know was joined since: all since then is new.
      begins.set(logId, resumed === null ? position : (resumed.get(logId) ?? joinedPosition));
      if (this.source.followsLogs) this.#logs.hold(logId);
    }
    this.#starting = false;
    if (this.source.followsLogs) {
      for (const [logId, begin] of begins) {
        this.#inBackground(this.#logs.follow(logId, begin, positions.get(logId) ?? begin));
      }
    }
    return begins;
  }

  async #startFeed(open: OpenFeed): Promise<Positions> {
    this.#starting = false;
    const end = await open((cause) =>
      this.group.deliver({ cause, logId: null, position: null }, () => this.source.onFeed(cause), this),
    );
    // The client may have completed it meanwhile.
    if (this.ended) end();
    else this.#endFeed = end;
    return new Map();
  }

  get #epoch(): string {
    return this.place.context().services.database.epoch;
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => (error instanceof Failure ? this.fail(error) : this.breakOff(error)));
  }
}

const NOTHING_SENT: Positions = new Map();

/** JSON in ASCII, so that its length in bytes is its length. */
const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

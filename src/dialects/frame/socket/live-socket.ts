import type { Context } from "../../../kernel/context.ts";
import { onceBack } from "../../../kernel/database-away.ts";
import type { MessageChange } from "../../../messages/change.ts";
import { LogFollower, type LogReader } from "../../../messages/log-follower.ts";
import type { ConversationEvent, UserEvent } from "../../../realtime/events.ts";
import type { ViewerStream } from "../../../realtime/viewer-stream.ts";
import type { Watcher } from "../../../realtime/watcher.ts";
import { CLOSE, type SocketConnection } from "./connection.ts";
import { type FrameReceiver, type Happening, SharedFrames } from "./shared-frames.ts";

/**
 * What a dialect's socket says of what happens. Frames of a conversation are made once for everybody who hears them, with
 * a context in which nobody is logged in; whom a frame is no business of is asked of each socket.
 */
export interface Voice {
  /** A message was added (`change.added`), or is not what it was. */
  change(ctx: Context, change: MessageChange): Promise<object | null>;
  /** Something that no log keeps: typing, a read position. */
  passing(ctx: Context, event: ConversationEvent): Promise<object | null>;
  /** Something that concerns the viewer alone, in whose context it is told. */
  userEvent(ctx: Context, event: UserEvent): Promise<object | null>;
  /** Whether a change or a passing event is any business of this user. */
  concerns(cause: MessageChange | ConversationEvent, userId: number): boolean;
}

/** What all live sockets of a door share. */
export interface Stage {
  readonly voice: Voice;
  /** The frames of one conversation. */
  framesOf(logId: number): SharedFrames;
  /** A context for frames that are made for many. */
  shared(): Context;
}

/** What one socket hears of its user's world, as frames. */
export class LiveSocket implements Watcher<MessageChange>, LogReader, FrameReceiver {
  ended = false;
  /** Until it is known where each log begins, all of them wait. */
  #starting = true;
  readonly #viewer: ViewerStream<MessageChange>;
  readonly #logs: LogFollower;
  readonly #own: SharedFrames;

  /** @param onLostLog hears that the user may not see a log any more */
  constructor(
    private readonly connection: SocketConnection,
    private readonly stage: Stage,
    private readonly onLostLog: (logId: number) => void = () => {},
  ) {
    const { services, viewer, log } = connection;
    // These protocols have no word for it that too much was missed: the socket is closed.
    this.#logs = new LogFollower(services, { onChange: (change) => change, resync: null }, this);
    this.#own = new SharedFrames(log);
    this.#viewer = services.viewers.open(viewer.userId, this);
  }

  get userId(): number {
    return this.connection.viewer.userId;
  }

  /**
   * Hears of one conversation from now on.
   *
   * @param greet says what is to be heard before all news
   * @returns false where the user may not see it
   */
  async watch(logId: number, greet: () => void): Promise<boolean> {
    this.#logs.hold(logId);
    const position = await this.#viewer.watch(logId, this);
    if (position === null) return false;
    greet();
    this.#starting = false;
    this.#inBackground(this.#logs.follow(logId, position, position));
    return true;
  }

  /** Hears of every conversation that the user is in, those to come included, from now on. */
  async watchAll(): Promise<void> {
    const { positions } = await this.#viewer.watchAll(this);
    for (const logId of positions.keys()) this.#logs.hold(logId);
    this.#starting = false;
    for (const [logId, position] of positions) this.#inBackground(this.#logs.follow(logId, position, position));
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#viewer.detach(this);
  }

  onChange(change: MessageChange): void {
    if (this.#starting) this.#logs.hold(change.logId);
    this.#logs.take(change);
  }

  onPassing(logId: number, event: unknown): void {
    const told = event as ConversationEvent;
    if (this.#starting || !this.stage.voice.concerns(told, this.userId)) return;
    this.#deliver(told, logId, () => this.stage.voice.passing(this.stage.shared(), told));
  }

  onUserEvent(event: unknown): void {
    const told = event as UserEvent;
    const render = () => onceBack(() => this.stage.voice.userEvent(this.connection.context(), told));
    this.#own.deliver({ cause: told, logId: null }, render, this);
  }

  onGaining(logId: number): void {
    this.#logs.hold(logId);
  }

  onGained(logId: number, since: number, position: number): void {
    this.#inBackground(this.#logs.follow(logId, since, position));
  }

  onLost(logId: number): void {
    this.#logs.drop(logId);
    this.onLostLog(logId);
  }

  onDoubt(logId: number): void {
    this.breakOff(new Error(`Whether log ${logId} may still be seen could not be found out.`));
  }

  pass(change: MessageChange): void {
    if (!this.stage.voice.concerns(change, this.userId)) return;
    this.#deliver(change, change.logId, () => this.stage.voice.change(this.stage.shared(), change));
  }

  async write(logId: number, changes: readonly unknown[]): Promise<void> {
    const { voice } = this.stage;
    for (const change of changes as readonly MessageChange[]) {
      if (!voice.concerns(change, this.userId)) continue;
      const frame = await onceBack(() => voice.change(this.stage.shared(), change));
      if (frame !== null && !this.ended && this.#viewer.watches(logId, this)) this.connection.say(frame);
    }
    await this.connection.drained();
  }

  lose(logId: number): void {
    this.#viewer.lose(logId);
  }

  reached(): void {
    // Old clients have nothing to go on from: nobody asks how far a socket came.
  }

  receive(frame: Buffer | null, { logId }: Happening): void {
    // While the frame was made the right to hear it may have gone.
    if (frame === null || this.ended || (logId !== null && !this.#viewer.watches(logId, this))) return;
    this.connection.write(frame);
  }

  breakOff(error: unknown): void {
    if (this.ended) return;
    this.connection.log.error({ err: error }, "a socket could not be told of what happened");
    // What it was not told stands in the history, which clients fetch when they come back.
    this.connection.close(CLOSE.TRY_AGAIN_LATER, "Try again later");
    this.end();
  }

  #deliver(cause: MessageChange | ConversationEvent, logId: number, render: () => Promise<object | null>): void {
    this.stage.framesOf(logId).deliver({ cause, logId }, () => onceBack(render), this);
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.breakOff(error));
  }
}

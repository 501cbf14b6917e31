import type { Logger } from "pino";

import { textFrame } from "../../../realtime/frames.ts";

/** Something that happened, of which sockets are told by a frame. */
export interface Happening {
  /** One object for everybody who hears of it. */
  readonly cause: object;
  /** The log in which it happened; null where it concerns the user alone. */
  readonly logId: number | null;
}

/** A socket that hears of what happens. Must not throw. */
export interface FrameReceiver {
  /** @param frame a whole WebSocket frame; null where the dialect has none for this */
  receive(frame: Buffer | null, happening: Happening): void;
  /** What happened could not be made ready. */
  breakOff(error: unknown): void;
}

/** What a dialect says of something that happened; null for nothing. */
type Render = () => Promise<object | null>;

interface Rendering {
  readonly happening: Happening;
  readonly receivers: FrameReceiver[];
}

/**
 * Makes one frame of each thing that happens, however many sockets hear of it, and hands all of it out in the order in
 * which it happened. One for everything that must keep its order: a conversation, or one socket's own news.
 */
export class SharedFrames {
  /** What is being handed round: everybody hears of a thing in the same breath. */
  #current: Rendering | undefined;
  #tail: Promise<void> | undefined;

  constructor(
    private readonly log: Logger,
    /** Runs when nothing is under way any more. */
    private readonly onIdle: () => void = () => {},
  ) {}

  /** Sees to it that the receiver gets the frame, after those of what happened before. */
  deliver(happening: Happening, render: Render, receiver: FrameReceiver): void {
    if (this.#current?.happening.cause === happening.cause) {
      this.#current.receivers.push(receiver);
      return;
    }
    const rendering = { happening, receivers: [receiver] };
    this.#current = rendering;
    // Reading begins at once, beside what came before; handing out waits for its turn.
    const tail = this.#handOut(rendering, frameOf(render), this.#tail)
      .catch((error: unknown) => this.log.error({ err: error }, "a frame could not be handed out"))
      .finally(() => {
        if (this.#tail !== tail) return;
        this.#tail = undefined;
        this.onIdle();
      });
    this.#tail = tail;
  }

  async #handOut(
    rendering: Rendering,
    made: Promise<Buffer | NotReady | null>,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const frame = await made;
    await before;
    // Whoever hears of it from now on begins a rendering of their own.
    if (this.#current === rendering) this.#current = undefined;
    for (const receiver of rendering.receivers) {
      if (frame instanceof NotReady) receiver.breakOff(frame.cause);
      else receiver.receive(frame, rendering.happening);
    }
  }
}

/** Stands for a frame that came to nothing. */
class NotReady {
  constructor(readonly cause: unknown) {}
}

async function frameOf(render: Render): Promise<Buffer | NotReady | null> {
  try {
    const said = await render();
    return said === null ? null : textFrame(Buffer.from(JSON.stringify(said)));
  } catch (error) {
    return new NotReady(error);
  }
}

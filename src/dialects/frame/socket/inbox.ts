import type { WebSocket } from "ws";

/** Frames of one client that wait for their turn, at the most; past it nothing more is read from its socket. */
const FRAMES_WAITING_MAXIMUM = 32;
/** Frames of one client that were begun and are not done, at the most. */
const FRAMES_UNDER_WAY_MAXIMUM = 16;

/** Where a frame stands among those of its client. */
export interface Turn {
  /** Resolves when all that the client said before is done. */
  readonly before: Promise<void>;
  /** What the frame asks for has its place in the order of things, though it is not done yet: the next one may begin. */
  readonly pass: () => void;
}

/**
 * Takes what a client says in its order: each frame begins when the one before it is done, or has passed its turn on. A
 * client that says more than is done is not closed: its socket is not read until there is room again, and TCP has it wait.
 */
export class Inbox {
  readonly #waiting: string[] = [];
  #working = false;
  #underWay = 0;
  #done: Promise<void> = Promise.resolve();
  /** Has the next frame begun, which waits for others to be done. */
  #next = (): void => {};

  constructor(
    private readonly ws: WebSocket,
    /** Does what a frame asks for. Must not throw. */
    private readonly take: (text: string, turn: Turn) => Promise<void>,
  ) {
    ws.on("message", (data: Buffer, isBinary) => this.#add(isBinary ? "" : data.toString()));
  }

  /** Whether something is being done. */
  get isBusy(): boolean {
    return this.#working || this.#underWay > 0;
  }

  #add(text: string): void {
    // `ws` goes on reading while it waits for the client's close frame: who was sent away has no say any more.
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.#waiting.push(text);
    if (this.#waiting.length >= FRAMES_WAITING_MAXIMUM) this.ws.pause();
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      if (this.ws.isPaused && this.#waiting.length < FRAMES_WAITING_MAXIMUM / 2) this.ws.resume();
      if (this.ws.readyState === this.ws.OPEN) await this.#begin(text);
    }
    this.#working = false;
  }

  /** Begins with a frame. Resolves when the next may begin. */
  #begin(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#underWay += 1;
      const pass = (): void => {
        if (this.#underWay < FRAMES_UNDER_WAY_MAXIMUM) resolve();
        else this.#next = resolve;
      };
      const done = this.take(text, { before: this.#done, pass }).then(() => {
        this.#underWay -= 1;
        resolve();
        this.#next();
      });
      this.#done = this.#done.then(() => done);
    });
  }
}

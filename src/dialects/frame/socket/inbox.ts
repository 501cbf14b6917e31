import type { WebSocket } from "ws";

/** Frames of one client that wait for their turn, at the most; past it nothing more is read from its socket. */
const FRAMES_WAITING_MAXIMUM = 32;

/**
 * Takes what a client says one thing after the other, in its order. A client that says more than is done is not closed:
 * its socket is not read until there is room again, and TCP has it wait.
 */
export class Inbox {
  readonly #waiting: string[] = [];
  #busy = false;

  constructor(
    private readonly ws: WebSocket,
    /** Does what a frame asks for. Must not throw. */
    private readonly take: (text: string) => Promise<void>,
  ) {
    ws.on("message", (data: Buffer, isBinary) => this.#add(isBinary ? "" : data.toString()));
  }

  /** Whether something is being done. */
  get isBusy(): boolean {
    return this.#busy;
  }

  #add(text: string): void {
    // `ws` goes on reading while it waits for the client's close frame: who was sent away has no say any more.
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.#waiting.push(text);
    if (this.#waiting.length >= FRAMES_WAITING_MAXIMUM) this.ws.pause();
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      if (this.ws.isPaused && this.#waiting.length < FRAMES_WAITING_MAXIMUM / 2) this.ws.resume();
      if (this.ws.readyState === this.ws.OPEN) await this.take(text);
    }
    this.#busy = false;
  }
}

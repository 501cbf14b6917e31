import type { Socket } from "node:net";

import type { WebSocket } from "ws";

/** Bytes that may wait for a slow reader. */
const BUFFERED_MAXIMUM = 4 * 1_048_576;
/** Bytes up to which a reader who catches up is given more. */
const CATCH_UP_BUFFERED = 262_144;
/** "Try again later" (IANA WebSocket close codes): clients reconnect, and resume. */
export const CLOSE_SLOW_READER = 1013;
/** How long a slow reader has to take the close frame. */
const SLOW_CLOSE_MS = 5_000;

/** FIN and opcode 1: a whole text message (RFC 6455, 5.2). */
const TEXT_FRAME = 0x81;

/** Writers with frames that wait for the end of this turn of the event loop. */
let dirty: FrameWriter[] = [];

function flushAll(): void {
  const writers = dirty;
  dirty = [];
  for (const writer of writers) writer.flush();
}

/**
 * Writes ready WebSocket frames to the socket below `ws`, all of one turn of the event loop at once. Frames of a server
 * are not masked and nothing here is compressed, so a frame is its header and its bytes; whole frames may stand between
 * those that `ws` writes itself (RFC 6455, 5.4).
 */
export class FrameWriter {
  #frames: Buffer[] | null = null;
  #closed = false;

  constructor(
    private readonly socket: Socket,
    private readonly ws: WebSocket,
  ) {}

  /**
   * Queues a text message made of three parts.
   *
   * @param head ASCII, and so is `tail`
   */
  write(head: string, body: Buffer, tail: string): void {
    if (!this.#closed) this.#queue(frame(head, body, tail));
  }

  /** Queues a frame that is ready, see {@link textFrame}: the same bytes may go to many. */
  writeFrame(ready: Buffer): void {
    if (!this.#closed) this.#queue(ready);
  }

  /** Writes what is queued, so that what `ws` sends next comes after it. */
  flush(): void {
    const frames = this.#frames;
    if (frames === null) return;
    this.#frames = null;
    if (this.#closed || this.ws.readyState !== this.ws.OPEN) return;
    this.socket.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
    if (this.socket.writableLength > BUFFERED_MAXIMUM) this.#giveUp();
  }

  /** Resolves when the reader has taken most of what it was given, or is gone. */
  async drained(): Promise<void> {
    this.flush();
    while (!this.#closed && this.socket.writableLength > CATCH_UP_BUFFERED && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.socket.off("drain", done);
          this.socket.off("close", done);
          resolve();
        };
        this.socket.once("drain", done);
        this.socket.once("close", done);
      });
    }
  }

  #queue(ready: Buffer): void {
    if (this.#frames === null) {
      this.#frames = [];
      if (dirty.length === 0) setImmediate(flushAll);
      dirty.push(this);
    }
    this.#frames.push(ready);
  }

  #giveUp(): void {
    this.#closed = true;
    this.ws.close(CLOSE_SLOW_READER, "Reads too slowly");
    setTimeout(() => this.ws.terminate(), SLOW_CLOSE_MS).unref();
  }
}

/** A text message as a whole frame, to be written as it is to any number of sockets. */
export const textFrame = (body: Buffer): Buffer => frame("", body, "");

function frame(head: string, body: Buffer, tail: string): Buffer {
  const length = head.length + body.length + tail.length;
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = TEXT_FRAME;
  if (start === 2) {
    bytes[1] = length;
  } else if (start === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  bytes.write(head, start, "latin1");
  body.copy(bytes, start + head.length);
  bytes.write(tail, start + head.length + body.length, "latin1");
  return bytes;
}

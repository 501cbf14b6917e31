import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Socket, connect } from "node:net";

/** Hears of a text message: its bytes from `start` to `end`, which are somebody else's after it returns. */
export type TextListener = (bytes: Buffer, start: number, end: number) => void;

const READ_AT_ONCE = 65_536;
/** Where all sockets read into, one after the other. */
const shared = Buffer.allocUnsafe(READ_AT_ONCE);

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;

/**
 * A WebSocket client that costs next to nothing, so that the servers are what is measured: it finds the frames (RFC 6455)
 * and does not look into them. A connection that a server closes ends the process.
 */
export class WebSocketClient {
  onText: TextListener = () => {};
  readonly #socket: Socket;
  #onUpgraded: ((head: string) => void) | null = null;
  #rest: Buffer | null = null;
  #closing = false;
  #farewell = "without a word";

  private constructor(url: URL) {
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: { buffer: shared, callback: (bytes) => this.#read(bytes) },
    });
    this.#socket.on("error", (error) => (this.#farewell = error.message));
    this.#socket.on("close", () => {
      if (!this.#closing) throw new Error(`The server closed a connection: ${this.#farewell}`);
    });
  }

  /** @param onText hears of texts from the first one on */
  static async connect(
    url: URL,
    subprotocol: string | null,
    onText: TextListener = () => {},
  ): Promise<WebSocketClient> {
    const client = new WebSocketClient(url);
    client.onText = onText;
    const head = await new Promise<string>((resolve) => {
      client.#onUpgraded = resolve;
      const protocol = subprotocol === null ? "" : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
      client.#socket.write(
        `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n${protocol}\r\n`,
      );
    });
    if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`The server did not upgrade: ${head}`);
    return client;
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  async close(): Promise<void> {
    this.#closing = true;
    const gone = once(this.#socket, "close");
    this.#socket.destroy();
    await gone;
  }

  #write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const start = length < 126 ? 2 : 4;
    const frame = Buffer.allocUnsafe(start + 4 + length);
    frame[0] = FINAL | opcode;
    frame[1] = MASKED | (start === 2 ? length : 126);
    if (start === 4) frame.writeUInt16BE(length, 2);
    // Any mask is good enough where nobody is between us and the server; but servers must have the work of taking it off.
    frame.writeUInt32BE(0x5a5a5a5a, start);
    for (let place = 0; place < length; place += 1) frame[start + 4 + place] = (payload[place] as number) ^ 0x5a;
    this.#socket.write(frame);
  }

  #read(count: number): boolean {
    const fresh = shared.subarray(0, count);
    let bytes = this.#rest === null ? fresh : Buffer.concat([this.#rest, fresh]);
    this.#rest = null;
    if (this.#onUpgraded !== null) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#onUpgraded(bytes.toString("latin1", 0, end));
        this.#onUpgraded = null;
        bytes = bytes.subarray(end + 4);
      }
    }
    const read = this.#onUpgraded === null ? this.#readFrames(bytes) : 0;
    // What is left belongs to the next read, which overwrites the buffer.
    if (read < bytes.length) this.#rest = Buffer.from(bytes.subarray(read));
    return true;
  }

  /** @returns the bytes that were read */
  #readFrames(bytes: Buffer): number {
    let at = 0;
    while (at + 2 <= bytes.length) {
      const opcode = (bytes[at] as number) & 0x0f;
      const short = bytes[at + 1] as number;
      if (short === 127) throw new Error("A frame is longer than anything that is measured here.");
      const start = at + (short === 126 ? 4 : 2);
      if (start > bytes.length) break;
      const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
      if (end > bytes.length) break;
      if (opcode === TEXT) this.onText(bytes, start, end);
      else if (opcode === PING) this.#write(PONG, Buffer.from(bytes.subarray(start, end)));
      else if (opcode === CLOSE)
        this.#farewell = `${bytes.readUInt16BE(start)} ${bytes.toString("utf8", start + 2, end)}`;
      at = end;
    }
    return at;
  }
}

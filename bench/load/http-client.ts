import { type Socket, connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** A keep-alive connection that asks one thing at a time and costs next to nothing, as {@link WebSocketClient} does. */
export class HttpClient {
  readonly #socket: Socket;
  readonly #head: string;
  #bytes: Buffer = Buffer.alloc(0);
  #answered: ((body: Buffer) => void) | null = null;
  #closing = false;

  constructor(url: URL, token: string) {
    this.#head =
      `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n` +
      `Authorization: Bearer ${token}\r\nContent-Length: `;
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("close", () => {
      if (!this.#closing) throw new Error("The server closed a connection.");
    });
  }

  /** Posts JSON and resolves with the body of the answer. @throws where its status is not 200 */
  post(body: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(`${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  #read(fresh: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? fresh : Buffer.concat([this.#bytes, fresh]);
    const end = this.#bytes.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#bytes.toString("latin1", 0, end);
    const length = LENGTH.exec(head)?.[1];
    if (!head.startsWith("HTTP/1.1 200 ") || length === undefined) throw new Error(this.#bytes.toString());
    const start = end + HEAD_END.length;
    if (this.#bytes.length < start + Number(length)) return;
    const body = this.#bytes.subarray(start);
    this.#bytes = Buffer.alloc(0);
    this.#answered?.(body);
  }
}

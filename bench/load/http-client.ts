import { type Socket, connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** A keep-alive connection that asks one thing at a time and costs next to nothing, as {@link WebSocketClient} does. */
export class HttpClient {
  readonly #socket: Socket;
  readonly #post: string;
  readonly #get: string;
  #bytes: Buffer = Buffer.alloc(0);
  #answered: ((body: Buffer) => void) | null = null;
  #closing = false;

  constructor(url: URL, token: string) {
    const head =
      ` ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: application/json\r\n` +
      `Authorization: Bearer ${token}\r\n`;
    this.#post = `POST${head}Content-Type: application/json\r\nContent-Length: `;
    this.#get = `GET${head}\r\n`;
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("close", () => {
      if (!this.#closing) throw new Error("The server closed a connection.");
    });
  }

  /** Posts JSON and resolves with the body of the answer. @throws where its status is none of success */
  post(body: string): Promise<Buffer> {
    return this.#ask(`${this.#post}${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** Resolves with what is at the address. @throws as {@link post} */
  get(): Promise<Buffer> {
    return this.#ask(this.#get);
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  #ask(request: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  #read(fresh: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? fresh : Buffer.concat([this.#bytes, fresh]);
    const end = this.#bytes.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#bytes.toString("latin1", 0, end);
    const length = LENGTH.exec(head)?.[1];
    if (!/^HTTP\/1\.1 20[01] /.test(head) || length === undefined) throw new Error(this.#bytes.toString());
    const start = end + HEAD_END.length;
    if (this.#bytes.length < start + Number(length)) return;
    const body = this.#bytes.subarray(start);
    this.#bytes = Buffer.alloc(0);
    this.#answered?.(body);
  }
}

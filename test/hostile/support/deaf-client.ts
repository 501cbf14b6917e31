import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";

import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from "graphql-ws";

const TEXT = 1;
const CLOSE = 8;

/** A client that takes no notice of the frame with which a server closes a WebSocket: it writes its frames itself. */
export interface DeafClient {
  say(message: object): void;
  /** Waits until the server has said this, in a frame of whatever kind. */
  hears(text: string): Promise<void>;
  /** Answers the server's close frame after all. Resolves when the server has handled all that was said, and hung up. */
  leave(): Promise<void>;
}

/** Opens a WebSocket. @param url http://… */
export async function deafClient(url: string): Promise<DeafClient> {
  const opening = request(`${url}/graphql`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": Buffer.alloc(16).toString("base64"),
      "sec-websocket-protocol": GRAPHQL_TRANSPORT_WS_PROTOCOL,
    },
  });
  opening.end();
  const [, socket, head] = (await once(opening, "upgrade")) as [IncomingMessage, Socket, Buffer];
  let heard = head.toString("latin1");
  let more = Promise.withResolvers<void>();
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
    more.resolve();
    more = Promise.withResolvers();
  });
  return {
    say: (message) => socket.write(frame(TEXT, Buffer.from(JSON.stringify(message)))),
    async hears(text) {
      while (!heard.includes(text)) await more.promise;
    },
    async leave() {
      const closed = once(socket, "close");
      socket.end(frame(CLOSE, Buffer.from([1000 >> 8, 1000 & 255])));
      await closed;
    },
  };
}

/** A frame of a client (RFC 6455, 5.2), masked with zeros, which leave it as it is. */
function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 0x80 | kind;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(payload.length, 2);
  const short = Buffer.from([0x80 | kind, 0x80 | payload.length, 0, 0, 0, 0]);
  return Buffer.concat([payload.length < 126 ? short : head, payload]);
}

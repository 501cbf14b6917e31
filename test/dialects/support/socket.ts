import { once } from "node:events";

import WebSocket, { type ClientOptions } from "ws";

import type { Data } from "../../support/graphql-client.ts";
import type { Person, Where } from "../../support/people.ts";

/** A frame of a dialect: {type, …}. */
export type Frame = Data;

/** How the other side ended a socket. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A socket of an older client. */
export interface DialectSocket extends AsyncDisposable {
  readonly ws: WebSocket;
  /** Everything that was heard so far, in order. */
  readonly heard: readonly Frame[];
  /** Says a frame; a string or bytes as they are, anything else as JSON. */
  say(frame: unknown): void;
  /** The first frame of this type that no earlier call took. Rejects where the socket closes instead. */
  hears(type: string, isIt?: (frame: Frame) => boolean): Promise<Frame>;
  /** All frames of a type, up to now. */
  of(type: string): Frame[];
  readonly closed: Promise<Closing>;
}

/** Opens a socket; resolves when it is open, whatever the server does with it then. */
export async function socketOf(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<DialectSocket> {
  const ws = new WebSocket(url, protocols, options);
  const heard: Frame[] = [];
  const taken = new Set<Frame>();
  let came = Promise.withResolvers<void>();
  let over: Closing | undefined;
  const wake = (): void => {
    came.resolve();
    came = Promise.withResolvers();
  };
  ws.on("message", (data: Buffer) => {
    heard.push(JSON.parse(data.toString()));
    wake();
  });
  const closed = new Promise<Closing>((resolve) => {
    ws.once("close", (code, reason) => {
      over = { code, reason: reason.toString() };
      wake();
      resolve(over);
    });
  });
  await once(ws, "open");
  return {
    ws,
    heard,
    closed,
    say: (frame) => ws.send(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    of: (type) => heard.filter((frame) => frame.type === type),
    async hears(type, isIt = () => true) {
      for (;;) {
        const frame = heard.find((one) => one.type === type && !taken.has(one) && isIt(one));
        if (frame !== undefined) {
          taken.add(frame);
          return frame;
        }
        if (over !== undefined)
          throw new Error(`Closed with ${over.code} before a ${type}; heard was ${JSON.stringify(heard)}`);
        await came.promise;
      }
    },
    async [Symbol.asyncDispose]() {
      ws.terminate();
      await closed;
    },
  };
}

const wsOrigin = ({ url }: Pick<Where, "url">): string => url.replace("http", "ws");

/** Somebody in a room, by django-chat's socket, which has said that it is there. */
export async function roomSocket(server: Pick<Where, "url">, who: Person, roomId: number): Promise<DialectSocket> {
  const headers = { authorization: `Bearer ${who.accessToken}` };
  const socket = await socketOf(`${wsOrigin(server)}/ws/chat/${roomId}/`, { headers });
  await socket.hears("connection_established");
  return socket;
}

/** Somebody's socket of chat8, which answers. */
export async function userSocket(server: Pick<Where, "url">, who: Person): Promise<DialectSocket> {
  const [, number] = who.id.split("_");
  const socket = await socketOf(`${wsOrigin(server)}/ws/${number}?token=${who.accessToken}`);
  socket.say({ type: "ping" });
  await socket.hears("pong");
  return socket;
}

/** How a server ends a socket that it does not take; what it says before stands in `heard`. */
export async function turnedAway(
  server: Pick<Where, "url">,
  path: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<Closing & { readonly heard: readonly Frame[] }> {
  const socket = await socketOf(`${wsOrigin(server)}${path}`, options, protocols);
  return { ...(await socket.closed), heard: socket.heard };
}

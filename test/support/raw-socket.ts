import { once } from "node:events";

import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from "graphql-ws";
import WebSocket, { type ClientOptions } from "ws";

/** A WebSocket on which a test says what it likes. */
export interface RawSocket {
  readonly ws: WebSocket;
  /** Says a message; a string as it is, anything else as JSON. */
  say(message: unknown): void;
  /** The next message that was not heard yet. */
  hear(): Promise<unknown>;
}

/** Opens a WebSocket that speaks nothing by itself. */
export async function rawSocket(
  url: string,
  options: ClientOptions = {},
  protocol: string = GRAPHQL_TRANSPORT_WS_PROTOCOL,
): Promise<RawSocket> {
  const ws = new WebSocket(url, protocol, options);
  const heard: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  ws.on("message", (data: Buffer) => {
    const message: unknown = JSON.parse(data.toString());
    const next = waiting.shift();
    if (next === undefined) heard.push(message);
    else next(message);
  });
  await once(ws, "open");
  return {
    ws,
    say: (message) => ws.send(typeof message === "string" ? message : JSON.stringify(message)),
    hear: () => (heard.length > 0 ? Promise.resolve(heard.shift()) : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** How the other side ended a WebSocket. */
export async function closeOf(ws: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(ws, "close")) as [number, Buffer];
  return { code, reason: reason.toString() };
}

/** The HTTP status with which a WebSocket was refused. */
export async function refusalOf(url: string, options: ClientOptions = {}): Promise<number> {
  const ws = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, options);
  ws.on("error", () => {
    // The refusal itself is what counts.
  });
  const [, response] = (await once(ws, "unexpected-response")) as [unknown, { statusCode: number }];
  ws.terminate();
  return response.statusCode;
}

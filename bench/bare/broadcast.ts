// The limit of (a) and (d): a bare `ws` server that sends whatever a sender says to everybody who listens, with ws.send.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import { cpuSeconds, memory } from "../support/costs.ts";
import { answerWith } from "../support/questions.ts";

/** @returns where it listens: listeners come to /listen, senders to /send */
async function serve(): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
  const listeners = new Set<WebSocket>();
  sockets.on("connection", (ws, { url }) => {
    if (url === "/listen") {
      listeners.add(ws);
      ws.on("close", () => listeners.delete(ws));
    } else {
      ws.on("message", (data: Buffer) => {
        const text = data.toString();
        for (const listener of listeners) listener.send(text);
        ws.send("sent");
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const handlers = { serve, cpuSeconds, memory };
export type Broadcast = typeof handlers;

answerWith(handlers);

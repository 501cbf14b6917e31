// The limit of (c): a bare `ws` server that writes what a sender says as a row and then sends it to the room's listeners.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import { cpuSeconds } from "../support/costs.ts";
import { answerWith } from "../support/questions.ts";
import { Inserts } from "./insert.ts";

/** What a sender says. */
export interface BareMessage {
  readonly room: number;
  readonly sender: number;
  readonly content: string;
  readonly clientMessageId: string;
}

let inserts: Inserts;
const listeners = new Map<number, WebSocket[]>();

/** @returns where it listens: listeners come to /listen?room=…, senders to /send */
async function serve({ databaseUrl }: { databaseUrl: string }): Promise<string> {
  inserts = new Inserts(databaseUrl);
  await inserts.begin();
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
  sockets.on("connection", (ws, { url = "" }) => {
    const room = new URL(url, "ws://bare").searchParams.get("room");
    if (room === null) ws.on("message", (data: Buffer) => void take(ws, data));
    else listeners.set(Number(room), [...(listeners.get(Number(room)) ?? []), ws]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function take(from: WebSocket, data: Buffer): Promise<void> {
  const text = data.toString();
  const { room, sender, content, clientMessageId } = JSON.parse(text) as BareMessage;
  await inserts.add(room, sender, content, clientMessageId);
  for (const listener of listeners.get(room) ?? []) listener.send(text);
  from.send("sent");
}

const handlers = { serve, cpuSeconds };
export type InsertAndSend = typeof handlers;

answerWith(handlers);

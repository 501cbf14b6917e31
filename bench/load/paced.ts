// A process that sends at a fixed rate, whatever the answers do, and takes the time until each message is received.
import { setImmediate as turn } from "node:timers/promises";

import { cpuSeconds } from "../support/costs.ts";
import { quantile } from "../support/figures.ts";
import { answerWith } from "../support/questions.ts";
import { type Opening, type Sending, mustBeGood, numberIn, numbered, openAll } from "./dialogue.ts";
import type { WebSocketClient } from "./web-socket.ts";

/** Milliseconds from the send to the receipt by somebody else. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  /** Messages a second that were sent. */
  readonly rate: number;
  readonly seconds: number;
  /** CPU seconds of this process. */
  readonly cpu: number;
}

interface Senders {
  readonly openings: readonly Opening[];
  readonly sendings: readonly Sending[];
}

/** So seldom sends are due that are made together. */
const EVERY_MS = 1;

let senders: readonly { client: WebSocketClient; sending: Sending }[] = [];
let sent = 0;
/** When each message of the round was sent, by its number from the round's first on. */
let sentAt: number[] = [];
let first = 0;
let latencies: number[] = [];
let onReceived = (): void => {};

async function open(input: { listeners: readonly Opening[]; senders: Senders }): Promise<void> {
  await openAll(input.listeners, (client) => {
    client.onText = (bytes, start) => {
      latencies.push(performance.now() - (sentAt[numberIn(bytes, start) - first] as number));
      onReceived();
    };
  });
  const clients = await openAll(input.senders.openings, (client) => {
    client.onText = mustBeGood;
  });
  senders = clients.map((client, who) => ({ client, sending: input.senders.sendings[who] as Sending }));
}

async function send({ rate, seconds }: { rate: number; seconds: number }): Promise<Latency> {
  const cpu = cpuSeconds();
  const begin = performance.now();
  latencies = [];
  sentAt = [];
  first = sent;
  const count = Math.round(rate * seconds);
  for (let made = 0; made < count; made = sentAt.length) {
    const due = Math.min(count, Math.ceil(((performance.now() - begin) / 1_000) * rate));
    for (; made < due; made += 1) sendNext();
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const took = (performance.now() - begin) / 1_000;
  await new Promise<void>((resolve) => {
    onReceived = () => {
      if (latencies.length === count) resolve();
    };
    onReceived();
  });
  onReceived = () => {};
  // What answers the last sends may still be on its way.
  await turn();
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    rate: count / took,
    seconds: took,
    cpu: cpuSeconds() - cpu,
  };
}

function sendNext(): void {
  const { client, sending } = senders[sent % senders.length] as (typeof senders)[number];
  sentAt.push(performance.now());
  client.send(numbered(sending, sent));
  sent += 1;
}

const handlers = { open, send };
export type Paced = typeof handlers;

answerWith(handlers);

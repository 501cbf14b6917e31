// A process that listens to a server on many connections, and has one sender make it speak.
import { cpuSeconds } from "../support/costs.ts";
import { answerWith } from "../support/questions.ts";
import { type Opening, type Sending, mustBeGood, numbered, open, openAll } from "./dialogue.ts";
import type { WebSocketClient } from "./web-socket.ts";

/** How fast messages were handed out. */
export interface Throughput {
  readonly deliveries: number;
  readonly seconds: number;
  /** CPU seconds of this process. */
  readonly cpu: number;
}

let listeners: WebSocketClient[] = [];
let sender: WebSocketClient;
let sent = 0;
let delivered = 0;
let onDelivered = (): void => {};

async function listen(input: { listeners: readonly Opening[]; sender: Opening }): Promise<void> {
  const opened = await openAll(input.listeners, (client) => {
    client.onText = () => {
      delivered += 1;
      onDelivered();
    };
  });
  listeners = [...listeners, ...opened];
  sender ??= await open(input.sender);
}

/** Resolves when nothing was heard for so long: what servers say when people come in is over. */
function calm({ milliseconds }: { milliseconds: number }): Promise<void> {
  return new Promise((resolve) => {
    const quiet = setTimeout(() => {
      onDelivered = () => {};
      resolve();
    }, milliseconds);
    onDelivered = () => quiet.refresh();
  });
}

/** Sends one message and waits until everybody has it. @returns what the last of them got */
async function tellOne({ sending }: { sending: Sending }): Promise<string> {
  const last = listeners.at(-1) as WebSocketClient;
  const count = last.onText;
  const sample = new Promise<string>((resolve) => {
    last.onText = (bytes, start, end) => {
      mustBeGood(bytes, start, end);
      count(bytes, start, end);
      resolve(bytes.toString("utf8", start, end));
    };
  });
  await tell({ sending, seconds: 0, inFlight: 1 });
  last.onText = count;
  return sample;
}

/** Sends messages back to back and waits until everybody has all of them. */
function tell({
  sending,
  seconds,
  inFlight,
}: {
  sending: Sending;
  seconds: number;
  inFlight: number;
}): Promise<Throughput> {
  const cpu = cpuSeconds();
  const begin = performance.now();
  let expected = 0;
  let answers = 0;
  let under = 0;
  delivered = 0;
  const send = (): void => {
    sent += 1;
    under += 1;
    expected += listeners.length;
    sender.send(numbered(sending, sent));
  };
  return new Promise((resolve) => {
    onDelivered = () => {
      if (delivered > expected)
        throw new Error(`${delivered} deliveries of what was to be delivered ${expected} times.`);
      if (under > 0 || delivered < expected) return;
      onDelivered = () => {};
      resolve({ deliveries: delivered, seconds: (performance.now() - begin) / 1_000, cpu: cpuSeconds() - cpu });
    };
    sender.onText = (bytes, start, end) => {
      mustBeGood(bytes, start, end);
      answers += 1;
      if (answers % sending.answers !== 0) return;
      under -= 1;
      if (performance.now() - begin < seconds * 1_000) send();
      else onDelivered();
    };
    for (let message = 0; message < inFlight; message += 1) send();
  });
}

const handlers = { listen, calm, tell, tellOne };
export type Listeners = typeof handlers;

answerWith(handlers);

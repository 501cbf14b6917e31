import { WebSocketClient } from "./web-socket.ts";

/** How a connection is opened, by whatever protocol: the load knows only frames. */
export interface Opening {
  readonly url: string;
  readonly subprotocol: string | null;
  /** What is said first and answered by one frame. */
  readonly greeting: string | null;
  /** Whether the server speaks first, by one frame. */
  readonly isWelcomed?: boolean;
  /** What is said then; what answers it is listened to. */
  readonly request: string | null;
}

/** What one message is sent with. */
export interface Sending {
  /** The frame, without the message's number, which stands between the parts. */
  readonly parts: readonly string[];
  /** Frames that answer it. */
  readonly answers: number;
}

const DIGITS = 8;
const OPENED_AT_ONCE = 50;

export const numbered = ({ parts }: Sending, number: number): string =>
  parts.join(String(number).padStart(DIGITS, "0"));

/** The number that a message was given: the first after a `#`. */
export function numberIn(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(0x23, start) + 1;
  let number = 0;
  for (let place = at; place < at + DIGITS; place += 1) number = number * 10 + (bytes[place] as number) - 0x30;
  return number;
}

/** Opens a connection; resolves when its greeting is answered, or it is welcomed. */
export async function open({ url, subprotocol, greeting, isWelcomed, request }: Opening): Promise<WebSocketClient> {
  const { promise: greeted, resolve: onGreeted } = Promise.withResolvers<void>();
  const client = await WebSocketClient.connect(new URL(url), subprotocol, () => onGreeted());
  if (greeting !== null) client.send(greeting);
  if (greeting !== null || isWelcomed === true) await greeted;
  client.onText = () => {};
  if (request !== null) client.send(request);
  return client;
}

/** Opens many, some at a time. `prepare` is called with each before anything else can arrive. */
export async function openAll(
  openings: readonly Opening[],
  prepare: (client: WebSocketClient, index: number) => void,
): Promise<WebSocketClient[]> {
  const clients: WebSocketClient[] = [];
  for (let start = 0; start < openings.length; start += OPENED_AT_ONCE) {
    const some = openings.slice(start, start + OPENED_AT_ONCE).map(async (opening, offset) => {
      const client = await open(opening);
      prepare(client, start + offset);
      return client;
    });
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** @throws where the answer tells of an error: a refused message must not count as a sent one */
export function mustBeGood(bytes: Buffer, start: number, end: number): void {
  const answer = bytes.subarray(start, end);
  if (answer.includes('"errors"') || answer.includes('"type":"error"')) throw new Error(answer.toString());
}

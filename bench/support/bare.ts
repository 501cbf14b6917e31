import type { BareMessage } from "../bare/insert-and-send.ts";
import type { Opening, Sending } from "../load/dialogue.ts";
import { cut, HERE, WORDS } from "./graphql.ts";

// What a client of the bare servers says.

/** A connection that hears everything, or what is said in a room. */
export const bareListener = (server: string, room?: number): Opening => ({
  url: `${server}/listen${room === undefined ? "" : `?room=${room}`}`,
  subprotocol: null,
  greeting: null,
  request: null,
});

export const bareSender = (server: string): Opening => ({ ...bareListener(server), url: `${server}/send` });

/** Sends something as long as `sample`; it is answered by one frame. */
export const bareSending = (sample: string): Sending => ({ parts: [sample.slice(8), ""], answers: 1 });

/** Sends a message that the server keeps. */
export function bareMessage(room: number, sender: number): Sending {
  const message: BareMessage = { room, sender, content: `#${HERE} ${WORDS}`, clientMessageId: `latency-${HERE}` };
  return cut(JSON.stringify(message), 1);
}

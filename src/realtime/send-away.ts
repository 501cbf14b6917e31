import { setTimeout as pause } from "node:timers/promises";

import type { WebSocket } from "ws";

/** How long what is under way may take when the server stops, how often that is looked at; and a closed socket to be gone. */
const FINISH_WITHIN_MS = 5_000;
const LOOKED_AT_EVERY_MS = 20;
const GONE_WITHIN_MS = 1_000;

/** The server stops: clients connect again after it (RFC 6455, 7.4.1). */
export const GOING_AWAY = { code: 1001, reason: "Going away" } as const;

/** A client who is connected by a WebSocket. */
export interface Connected {
  readonly ws: WebSocket;
  /** Whether something that they asked for is being done. */
  readonly isBusy: boolean;
  close(code: number, reason: string): void;
}

/**
 * Sends everybody away, with a code after which clients connect again: at once, or when what is under way is finished.
 *
 * @param clients those who are connected, out of which a door takes whoever is gone
 * @param open all sockets, where there are more: of some it is not known yet whose they are, some were refused and do not
 *   answer the close frame
 */
export async function sendAway(
  clients: ReadonlySet<Connected>,
  open: Iterable<WebSocket> = [...clients].map(({ ws }) => ws),
): Promise<void> {
  const deadline = Date.now() + FINISH_WITHIN_MS;
  let staying = [...clients];
  const sockets = [...open];
  const gone = Promise.all(sockets.map(closed));
  while (staying.length > 0) {
    const late = Date.now() > deadline;
    for (const client of staying) {
      if (late || !client.isBusy) client.close(GOING_AWAY.code, GOING_AWAY.reason);
    }
    staying = staying.filter(({ ws }) => ws.readyState === ws.OPEN);
    if (staying.length > 0) await pause(LOOKED_AT_EVERY_MS);
  }
  await Promise.race([gone, pause(GONE_WITHIN_MS, undefined, { ref: false })]);
  for (const ws of sockets) ws.terminate();
  await gone;
}

const closed = (ws: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (ws.readyState === ws.CLOSED) resolve();
    else ws.once("close", () => resolve());
  });

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import type { Origin } from "../kernel/context.ts";

/** Random bytes of a connection's id in the log. randomUUID() would leave half a KiB of string parts behind it. */
const REQUEST_ID_BYTES = 15;

/** From where a WebSocket was opened, with an id of its own for the log. */
export const socketOrigin = (socket: Socket, { headers }: IncomingMessage): Origin => ({
  requestId: randomBytes(REQUEST_ID_BYTES).toString("base64url"),
  ip: socket.remoteAddress ?? "",
  userAgent: headers["user-agent"] ?? "",
});

import type { IncomingMessage } from "node:http";

import type { Credentials } from "../../../auth/bearer.ts";

/** The subprotocol that goes before a token where a client can set no header: `Sec-WebSocket-Protocol: bearer, <token>`. */
export const BEARER_PROTOCOL = "bearer";

/** What a socket was opened with: browsers can set no header, so the token may stand in one of three places. */
export function credentialsOf({ url = "", headers }: IncomingMessage): Credentials {
  const { authorization } = headers;
  if (authorization !== undefined) return { authorization };
  const token = queryOf(url).get("token");
  if (token !== null) return { token };
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((protocol) => protocol.trim());
  return protocols[0] === BEARER_PROTOCOL && protocols[1] !== undefined ? { token: protocols[1] } : {};
}

/** The path of a request, without its query. */
export const pathOf = ({ url = "" }: IncomingMessage): string => pathIn(url);

const queryOf = (url: string): URLSearchParams => new URLSearchParams(url.slice(pathIn(url).length));

const pathIn = (url: string): string => url.split("?", 1)[0] ?? "";

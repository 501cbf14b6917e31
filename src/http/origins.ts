import type { IncomingHttpHeaders } from "node:http";

/** Whose pages may open WebSockets here. */
export interface AllowedOrigins {
  /** How the world reaches this server: scheme, host and port. */
  readonly own: string;
  /** Others, or all. */
  readonly others: readonly string[] | "*";
}

/**
 * Whether a page may open a WebSocket: browsers ask nobody before they connect, so that any page could, with whatever
 * the browser knows of its user. Programs other than browsers send no Origin and pass.
 */
export function isOriginAllowed({ own, others }: AllowedOrigins, { origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || others === "*") return true;
  if (origin === own || others.includes(origin)) return true;
  return host !== undefined && URL.parse(origin)?.host === host;
}

import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import type { Logger } from "pino";

import type { UpgradeHandler, UpgradeTable } from "../realtime/upgrades.ts";
import { isOriginAllowed, type AllowedOrigins } from "./origins.ts";

interface Route {
  readonly matches: (path: string) => boolean;
  readonly handler: UpgradeHandler;
}

/** The one listener for upgrades: every door that speaks WebSocket adds its paths here. */
export class UpgradeRoutes implements UpgradeTable {
  readonly #routes: Route[] = [];
  #stopped = false;

  constructor(
    server: Server,
    private readonly origins: AllowedOrigins,
    private readonly log: Logger,
  ) {
    server.on("upgrade", (request, socket, head) => this.#route(request, socket, head));
  }

  add(path: string | ((path: string) => boolean), handler: UpgradeHandler): void {
    this.#routes.push({ matches: typeof path === "string" ? (asked) => asked === path : path, handler });
  }

  /** The server is about to close: whoever comes now is told to come to another node, or later. */
  stop(): void {
    this.#stopped = true;
  }

  #route(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until a door has taken the socket over, nobody else listens for its errors.
    const onError = (error: Error): void => this.log.debug({ err: error }, "a connection broke while it was upgraded");
    socket.on("error", onError);
    if (this.#stopped) return refuse(socket, "503 Service Unavailable");
    const path = request.url?.split("?", 1)[0] ?? "";
    const route = this.#routes.find(({ matches }) => matches(path));
    if (route === undefined) return refuse(socket, "404 Not Found");
    if (!isOriginAllowed(this.origins, request.headers)) return refuse(socket, "403 Forbidden");
    socket.off("error", onError);
    route.handler(request, socket, head);
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

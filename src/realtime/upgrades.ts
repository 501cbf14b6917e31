import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Takes over a connection that asked to be a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** Where a door says which upgrades are its own. */
export interface UpgradeTable {
  /** @param path an exact path, or what tells by the path, without its query, whether the door answers there */
  add(path: string | ((path: string) => boolean), handler: UpgradeHandler): void;
}

import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

import type { Services } from "../kernel/context.ts";
import type { UpgradeTable } from "../realtime/upgrades.ts";
import type { Dialect } from "./frame/dialect.ts";
import type { Route } from "./frame/route.ts";
import { SocketDoor } from "./frame/socket/socket-door.ts";
import type { SocketDialect } from "./frame/socket/socket-dialect.ts";
import { answerUnknownPaths } from "./frame/unknown-paths.ts";
import { openRoutes } from "./frame/open-routes.ts";
import * as chat8 from "./chat8/index.ts";
import * as djangoChat from "./django-chat/index.ts";
import * as onlineChat from "./online-chat/index.ts";

/** One older protocol, as its folder has it. */
interface Door {
  readonly DIALECT: Dialect;
  readonly ROUTES: readonly Route[];
  readonly SOCKET?: SocketDialect;
  /** Bytes of a file that is uploaded by this door, at the most. */
  readonly fileBytes: (services: Services) => number;
}

/** Every older protocol that is answered here, in the order of the API page. */
export const DOORS: readonly Door[] = [onlineChat, djangoChat, chat8];

/** Opens the older protocols' endpoints. Nothing is asked of the services before there is a request. */
export function openEndpoints(server: FastifyInstance, services: Services): void {
  for (const { DIALECT, ROUTES, fileBytes } of DOORS) {
    openRoutes(server, services, DIALECT, ROUTES, () => fileBytes(services));
  }
  answerUnknownPaths(server);
}

/** Opens the older protocols' sockets. @returns how to send those away who are connected */
export function openSockets(upgrades: UpgradeTable, services: Services, log: Logger): { close(): Promise<void> } {
  const doors = DOORS.flatMap(({ SOCKET }) => (SOCKET === undefined ? [] : [new SocketDoor(services, log, SOCKET)]));
  for (const door of doors) upgrades.add(door.matches, door.upgrade);
  return {
    async close() {
      await Promise.all(doors.map((door) => door.close()));
    },
  };
}

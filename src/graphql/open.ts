import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

import type { Services } from "../kernel/context.ts";
import type { UpgradeTable } from "../realtime/upgrades.ts";
import { GRAPHQL_DOOR } from "./connection.ts";
import { Engine } from "./engine.ts";
import { openHttpDoor } from "./http-door.ts";
import { buildSchema } from "./schema.ts";
import { LiveSubscriptions } from "./subscriptions/live-subscriptions.ts";
import { ResumePoints } from "./subscriptions/resume-points.ts";
import { WebSocketDoor } from "./websocket-door.ts";

const GRAPHQL_PATH = "/graphql";

/** GraphQL's doors, which stand open. */
export interface GraphqlDoors {
  /** Sends away those who are connected by a WebSocket. */
  sendAway(): Promise<void>;
  /** Stops; call it after the last request, and when everybody is gone. */
  close(): Promise<void>;
}

/** Opens GraphQL over HTTP and over WebSocket, both at /graphql. */
export async function openGraphql(
  server: FastifyInstance,
  upgrades: UpgradeTable,
  services: Services,
  log: Logger,
): Promise<GraphqlDoors> {
  const engine = new Engine(buildSchema());
  const stopHttp = await openHttpDoor(server, GRAPHQL_PATH, engine, services, log);
  const resumePoints = new ResumePoints(services.database, log);
  const subscriptions = new LiveSubscriptions(services, log, resumePoints);
  services.presence.census.countSubscriptions(GRAPHQL_DOOR, () => subscriptions.size);
  const sockets = new WebSocketDoor(engine, services, log, subscriptions);
  upgrades.add(GRAPHQL_PATH, sockets.upgrade);
  return {
    sendAway: () => sockets.close(),
    async close() {
      await stopHttp();
      await resumePoints.close();
    },
  };
}

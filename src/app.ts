import type { AddressInfo } from "node:net";

import cors from "@fastify/cors";
import type { Logger } from "pino";

import { Auth } from "./auth/auth.ts";
import { SessionDirectory } from "./auth/session-directory.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database/open.ts";
import { Engine } from "./graphql/engine.ts";
import { openHttpDoor } from "./graphql/http-door.ts";
import { buildSchema } from "./graphql/schema.ts";
import { openHealth } from "./http/health.ts";
import { createServer } from "./http/server.ts";
import type { Services } from "./kernel/context.ts";
import { Writer } from "./messages/writer.ts";
import { MemoryBus } from "./realtime/memory-bus.ts";
import { RedisBus } from "./realtime/redis-bus.ts";

/** A server that runs. */
export interface App {
  /** Where it listens: http://127.0.0.1:8000. */
  readonly url: string;
  readonly services: Services;
  /** Takes no more requests, finishes those that are under way, sends WebSockets away (1001) and lets go of everything. */
  close(): Promise<void>;
}

const GRAPHQL_PATH = "/graphql";

/**
 * Puts the parts together and listens.
 *
 * @param config with databaseUrl and jwtSecret, which main.ts has seen to
 */
export async function startApp(config: Config, log: Logger): Promise<App> {
  const { databaseUrl, jwtSecret, redisUrl } = config;
  if (databaseUrl === undefined || jwtSecret === undefined) throw new Error("Without a database, or a secret to sign with.");

  const database = await openDatabase(databaseUrl, config.databasePool);
  const bus = redisUrl === undefined ? new MemoryBus() : new RedisBus(redisUrl, log);
  const services: Services = {
    database,
    bus,
    auth: new Auth({ ...config, jwtSecret }, log),
    sessions: new SessionDirectory(database, bus, log),
    writer: new Writer(database, bus, log),
  };

  const server = createServer(log);
  const origins = config.corsOrigins === "*" ? true : [...config.corsOrigins];
  await server.register(cors, { origin: origins, exposedHeaders: ["x-request-id"], maxAge: 86_400 });
  const closeHttpDoor = await openHttpDoor(server, GRAPHQL_PATH, new Engine(buildSchema()), services, log);
  openHealth(server, services);
  await server.listen({ host: config.host, port: config.port });
  const { address, port } = server.server.address() as AddressInfo;

  return {
    url: `http://${address.includes(":") ? "localhost" : address}:${port}`,
    services,
    async close() {
      await server.close();
      await closeHttpDoor();
      services.sessions.close();
      await bus.close();
      await database.close();
    },
  };
}

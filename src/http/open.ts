import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

import type { Config } from "../config.ts";
import type { Services } from "../kernel/context.ts";
import { openApiPage } from "./api-page.ts";
import { allowOrigins } from "./cors.ts";
import { openExports } from "./exports-door.ts";
import { openFiles } from "./files-door.ts";
import { openHealth } from "./health.ts";
import { answerTheRest } from "./not-found.ts";
import { addSecurityHeaders } from "./security-headers.ts";
import { createServer } from "./server.ts";
import { UpgradeRoutes } from "./upgrade.ts";

/** An HTTP server that does not listen yet: other doors are opened in it first. */
export async function openHttp(
  { publicUrl, corsOrigins }: Pick<Config, "publicUrl" | "corsOrigins">,
  services: Services,
  log: Logger,
): Promise<{ readonly server: FastifyInstance; readonly upgrades: UpgradeRoutes }> {
  const server = createServer(log);
  addSecurityHeaders(server);
  answerTheRest(server);
  const upgrades = new UpgradeRoutes(server.server, { own: publicUrl, others: corsOrigins }, log);
  await allowOrigins(server, corsOrigins);
  await openApiPage(server);
  openHealth(server, services);
  openFiles(server, services);
  openExports(server, services);
  return { server, upgrades };
}

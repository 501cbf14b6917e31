import type { FastifyInstance } from "fastify";

import type { Services } from "../kernel/context.ts";

/** How long the database may take to say that it is there. */
const PATIENCE_MS = 2_000;

/**
 * What load balancers ask: /healthz tells that the process runs, /readyz whether it should be sent requests, which is
 * false without its database. Without Redis it serves on, events of other nodes only come late, so that is told and no
 * reason to be taken out.
 */
export function openHealth(server: FastifyInstance, services: Services): void {
  server.get("/healthz", async () => ({ status: "ok" }));

  server.get("/readyz", async (_request, reply) => {
    const database = await answers(services);
    const bus = services.bus.healthy;
    return reply.code(database ? 200 : 503).send({ status: database ? "ok" : "unavailable", database, bus });
  });
}

async function answers({ database }: Services): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, PATIENCE_MS, false).unref());
  const asked = database.pool.query("select 1").then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late]);
}

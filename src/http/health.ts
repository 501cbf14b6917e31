import { setTimeout as pause } from "node:timers/promises";

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

  let asked: Promise<boolean> | undefined;
  // However many ask, the database is asked once at a time.
  const databaseAnswers = (): Promise<boolean> => {
    asked ??= answers(services).finally(() => {
      asked = undefined;
    });
    return Promise.race([asked, pause(PATIENCE_MS, false, { ref: false })]);
  };

  server.get("/readyz", async (_request, reply) => {
    const database = await databaseAnswers();
    const bus = services.bus.healthy;
    return reply.code(database ? 200 : 503).send({ status: database ? "ok" : "unavailable", database, bus });
  });
}

const answers = ({ database }: Services): Promise<boolean> =>
  database.pool.query("select 1").then(
    () => true,
    () => false,
  );

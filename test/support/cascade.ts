import { Redis } from "ioredis";
import { vi } from "vitest";

import { CASCADE_STREAM } from "../../src/operations/cascade.ts";
import type { TestServer } from "./server.ts";

/** An entry of the cascade's stream, as a consumer finds it. */
export interface Told {
  readonly entry: string;
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly version: string;
  readonly at: string;
  readonly data: Record<string, unknown>;
}

/** A consumer of the cascade: another system that knows the stream, and nothing else of the server. */
export interface Consumer {
  readonly redis: Redis;
  /** All that stands in the stream. */
  all(): Promise<Told[]>;
  close(): void;
}

export function consumer(url: string): Consumer {
  const redis = new Redis(url, { enableReadyCheck: false, disableClientInfo: true });
  redis.on("error", () => {
    // The tests take Redis away.
  });
  return {
    redis,
    async all() {
      const entries = await redis.xrange(CASCADE_STREAM, "-", "+");
      return entries.map(([entry, fields]) => {
        const told: Record<string, string> = {};
        for (let index = 0; index < fields.length; index += 2) told[fields[index] ?? ""] = fields[index + 1] ?? "";
        return { ...told, entry, data: JSON.parse(told["data"] ?? "null") } as Told;
      });
    },
    close: () => redis.disconnect(),
  };
}

/** How many events wait in the outbox; of one type, where that is said. */
export async function waiting({ services }: Pick<TestServer, "services">, type?: string): Promise<number> {
  const { rows } = await services.database.pool.query<{ n: string }>(
    "select count(*) as n from domain_events where type = coalesce($1, type)",
    [type],
  );
  return Number(rows[0]?.n);
}

/** Waits until all that happened so far is in the stream. */
export async function allTold(server: Pick<TestServer, "services">): Promise<void> {
  const look = async (): Promise<void> => {
    const count = await waiting(server);
    if (count > 0) throw new Error(`${count} events wait.`);
  };
  await vi.waitFor(look, { timeout: 20_000, interval: 20 });
}

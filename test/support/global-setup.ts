import { pino } from "pino";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { createTemplate } from "./postgres.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The PostgreSQL of this test run; `freshDatabase` makes databases in it. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run. Nothing in it outlives the run, so it need not wait for the disk. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const directory = await temporaryDirectory();
  const postgres = await startEmbeddedPostgres({
    dataDir: directory.path,
    log: pino({ level: "warn" }),
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" },
  });
  const tearDown = async (): Promise<void> => {
    await postgres.stop();
    await directory[Symbol.asyncDispose]();
  };
  try {
    await createTemplate(postgres.url);
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide("postgresUrl", postgres.url);
  return tearDown;
}

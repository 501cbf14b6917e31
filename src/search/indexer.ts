import { setTimeout as pause } from "node:timers/promises";

import type { Logger } from "pino";

import type { Database } from "../kernel/database.ts";

/** How often the indexer looks for messages that were sent or changed. */
const LOOK_MS = 1_000;
/** Changes that one transaction takes into the index. */
const BATCH = 500;

/**
 * Keeps the index of messages up with them, a second or so behind. Each node looks, one at a time writes; what a node
 * that dies has begun is rolled back with it, and taken up by the next that looks.
 */
export class SearchIndexer {
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {
    this.#timer = setInterval(() => {
      this.#running ??= this.#catchUp().finally(() => {
        this.#running = undefined;
      });
    }, LOOK_MS);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#running;
  }

  async #catchUp(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (!signal.aborted) {
        const begun = performance.now();
        const { rows } = await this.database.pool.query<{ taken: number }>("select search_index($1) as taken", [BATCH]);
        if ((rows[0]?.taken ?? 0) < BATCH) return;
        // Far behind, after an import or an hour of heavy traffic: half of the time is left to whoever is waiting.
        await pause(performance.now() - begun, undefined, { signal, ref: false }).catch(() => {});
      }
    } catch (error) {
      if (!signal.aborted) this.log.warn({ err: error }, "messages wait to be taken into the search index");
    }
  }
}

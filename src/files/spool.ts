import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { Logger } from "pino";

import { isSystemError } from "../system-error.ts";

/** No upload is under way for so long: what is older was left behind by a process that was killed. */
export const SPOOL_KEPT_MS = 3_600_000;

/** A file of the spool; gone with `await using`, unless storage took it over. */
export interface Spooled extends AsyncDisposable {
  readonly path: string;
  readonly size: number;
}

/** Where files are while they arrive and are judged: on the disk, so that memory does not grow with them. */
export class Spool {
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: string,
    private readonly log: Logger,
  ) {}

  /** Makes the folder, and takes away what was left behind, now and from time to time. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.removeLeftovers();
    this.#sweep = setInterval(() => {
      this.removeLeftovers().catch((error: unknown) => this.log.warn({ err: error }, "the spool could not be swept"));
    }, SPOOL_KEPT_MS);
    this.#sweep.unref();
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  /**
   * Writes a stream into a new file, and has the disk confirm it. Where anything goes wrong nothing is left.
   *
   * @param pass every chunk goes through it: it may count them, and throw
   */
  async write(source: Readable, pass: (chunk: Buffer) => void = () => {}): Promise<Spooled> {
    const path = join(this.folder, randomUUID());
    const target = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
    let size = 0;
    try {
      await pipeline(
        source,
        async function* counted(chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            size += chunk.length;
            pass(chunk);
            yield chunk;
          }
        },
        target,
      );
    } catch (error) {
      // What is still being opened would be there after it was removed.
      if (!target.closed) await new Promise<void>((resolve) => target.once("close", resolve));
      await rm(path, { force: true });
      throw error;
    }
    return { path, size, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  }

  async removeLeftovers(): Promise<void> {
    const before = Date.now() - SPOOL_KEPT_MS;
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      try {
        if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
      } catch (error) {
        // Its own upload, or another node on the same disk, was faster.
        if (!isSystemError(error, "ENOENT")) throw error;
      }
    }
  }
}

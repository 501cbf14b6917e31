import { mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";

import { Disk } from "flydrive";
import { FSDriver } from "flydrive/drivers/fs";

import { isSystemError } from "../../system-error.ts";
import { type ByteRange, ObjectMissing, type Storage } from "./storage.ts";

/** Files in a folder, which is on the file system of the spool, so that nothing has to be copied. */
export class DiskStorage implements Storage {
  readonly #disk: Disk;

  constructor(private readonly folder: string) {
    this.#disk = new Disk(new FSDriver({ location: folder, visibility: "private" }));
  }

  async keep(key: string, path: string): Promise<void> {
    const place = join(this.folder, key);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    // The spool has brought the bytes to the disk. With the folder there too, the name outlives a loss of power.
    await rename(path, place);
    const folder = await open(dirname(place));
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      const file = await open(join(this.folder, key));
      return file.createReadStream(range);
    } catch (error) {
      throw isSystemError(error, "ENOENT") ? new ObjectMissing(key, { cause: error }) : error;
    }
  }

  remove(key: string): Promise<void> {
    return this.#disk.delete(key);
  }

  close(): void {
    // Nothing is held open.
  }
}

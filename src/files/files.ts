import { join } from "node:path";

import type { Logger } from "pino";

import { IMAGES_AT_A_TIME, Turnstile, UploadGate } from "./gate.ts";
import { Spool } from "./spool.ts";
import { DiskStorage } from "./storage/disk-storage.ts";
import { S3Storage, type S3Settings } from "./storage/s3-storage.ts";
import type { Storage } from "./storage/storage.ts";

declare module "../kernel/context.ts" {
  interface Services {
    files: Files;
  }
}

/** What is set from outside. */
export interface FilesConfig {
  readonly dataDir: string;
  readonly publicUrl: string;
  /** Bytes of an upload, at the most. */
  readonly maxUploadBytes: number;
  /** Undefined to keep files on the disk, in DATA_DIR. */
  readonly s3: S3Settings | undefined;
}

/** What this process keeps files with. */
export class Files {
  readonly uploads = new UploadGate();
  readonly images = new Turnstile(IMAGES_AT_A_TIME);

  private constructor(
    readonly publicUrl: string,
    readonly maxUploadBytes: number,
    readonly spool: Spool,
    readonly storage: Storage,
  ) {}

  static async open({ dataDir, publicUrl, maxUploadBytes, s3 }: FilesConfig, log: Logger): Promise<Files> {
    const folder = join(dataDir, "files");
    const spool = new Spool(join(folder, "incoming"), log);
    await spool.open();
    const storage = s3 === undefined ? new DiskStorage(folder) : new S3Storage(s3);
    return new Files(publicUrl, maxUploadBytes, spool, storage);
  }

  close(): void {
    this.spool.close();
    this.storage.close();
  }
}

import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import type { S3Settings } from "../../../src/files/storage/s3-storage.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** An S3-compatible service of the test's own, on a port that was free. */
export interface TestS3 {
  readonly settings: S3Settings;
  /** The keys of all objects in the bucket. */
  keys(): Promise<string[]>;
  stop(): Promise<void>;
}

interface S3rverOptions {
  readonly port: number;
  readonly address: string;
  readonly silent: boolean;
  readonly directory: string;
  readonly configureBuckets: readonly { readonly name: string }[];
}

// The package has neither types nor modules.
const S3rver = createRequire(import.meta.url)("s3rver") as new (options: S3rverOptions) => {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
};

const BUCKET = "parlance";
const SUFFIX = "._S3rver_object";

export async function startS3(): Promise<TestS3> {
  const directory = await temporaryDirectory();
  const service = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory: directory.path,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await service.run();
  return {
    settings: {
      bucket: BUCKET,
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
      forcePathStyle: true,
    },
    async keys() {
      const names = await readdir(join(directory.path, BUCKET), { recursive: true });
      return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
    },
    async stop() {
      await service.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

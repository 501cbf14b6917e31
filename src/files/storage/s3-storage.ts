import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { Disk } from "flydrive";
import { S3Driver } from "flydrive/drivers/s3";

import { type ByteRange, ObjectMissing, type ObjectFacts, type Storage } from "./storage.ts";

/** A bucket of an S3-compatible service. */
export interface S3Settings {
  readonly bucket: string;
  /** Of another service than AWS: https://s3.example.org */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Without them, what the environment provides: a role of the machine, a profile. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** https://host/bucket/key, not https://bucket.host/key */
  readonly forcePathStyle: boolean;
}

/** How long the service may take to accept a connection, and to say anything on it. */
const CONNECT_MS = 5_000;
const SILENCE_MS = 30_000;

/** What goes wrong is thrown as well. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Files in a bucket. Objects are put whole, in one request: one that breaks off leaves nothing there. */
export class S3Storage implements Storage {
  readonly #client: S3Client;
  readonly #disk: Disk;

  constructor(private readonly settings: S3Settings) {
    const { bucket, endpoint, region, credentials, forcePathStyle } = settings;
    this.#client = new S3Client({
      region,
      forcePathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      logger: SILENT,
      // Most services but AWS know no checksums in trailers.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
    // Nothing is public: every download passes through our own door. Many services know no ACLs.
    this.#disk = new Disk(new S3Driver({ client: this.#client, bucket, visibility: "private", supportsACL: false }));
  }

  async keep(key: string, path: string, { size, mimeType }: ObjectFacts): Promise<void> {
    await this.#disk.putStream(key, createReadStream(path), { contentLength: size, contentType: mimeType });
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.settings.bucket, Key: key, ...part }),
      );
      return Body as Readable;
    } catch (error) {
      throw error instanceof NoSuchKey ? new ObjectMissing(key, { cause: error }) : error;
    }
  }

  remove(key: string): Promise<void> {
    return this.#disk.delete(key);
  }

  close(): void {
    this.#client.destroy();
  }
}

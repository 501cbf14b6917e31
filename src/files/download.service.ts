import type { Readable } from "node:stream";

import type { Context, Services } from "../kernel/context.ts";
import type { File } from "./file.ts";
import { openedByPublicName, openedByToken } from "./opening.ts";
import { type ByteRange, ObjectMissing, objectKey, thumbnailKey } from "./storage/storage.ts";

/** What is downloaded: a file, or its thumbnail. */
export interface Download {
  readonly name: string;
  readonly mimeType: string;
  readonly size: number;
  readonly createdAt: Date;
  /** Of all that was ever there at this address, this content alone has it. */
  readonly version: string;
  /** Whether the address will always yield the same: a thumbnail that is yet to be made, does not. */
  readonly isFinal: boolean;
  /** The bytes, or some of them; null where storage has lost them. */
  open(range?: ByteRange): Promise<Readable | null>;
}

/** What a token opens; null for one that opens nothing, any more or for the time being. */
export async function download(
  ctx: Pick<Context, "services" | "sql" | "log">,
  token: string,
  { thumbnail }: { thumbnail: boolean },
): Promise<Download | null> {
  const file = await openedByToken(ctx, token);
  if (file === null) return null;
  if (!thumbnail) return whole(ctx, file, true);
  if (!file.mimeType.startsWith("image/")) return null;
  return file.thumbnailSize === null ? whole(ctx, file, false) : thumbnailOf(ctx, file, file.thumbnailSize);
}

/** What a public name opens, `<publicId>.<extension>`, as {@link download} does by a token. */
export async function downloadByPublicName(
  ctx: Pick<Context, "services" | "sql" | "log">,
  name: string,
): Promise<Download | null> {
  const file = await openedByPublicName(ctx, name);
  return file === null ? null : whole(ctx, file, true);
}

type Scope = { readonly services: Services; readonly log: Context["log"] };

function whole(scope: Scope, { token, name, mimeType, size, createdAt }: File, isFinal: boolean): Download {
  const open = opener(scope, objectKey(token));
  return { name, mimeType, size, createdAt, version: "whole", isFinal, open };
}

function thumbnailOf(scope: Scope, { token, createdAt }: File, size: number): Download {
  const open = opener(scope, thumbnailKey(token));
  return { name: "image.webp", mimeType: "image/webp", size, createdAt, version: "thumbnail", isFinal: true, open };
}

const opener =
  ({ services, log }: Scope, key: string): Download["open"] =>
  async (range) => {
    try {
      return await services.files.storage.read(key, range);
    } catch (error) {
      if (!(error instanceof ObjectMissing)) throw error;
      log.error({ err: error }, "storage has lost a file, or a moment ago it was deleted");
      return null;
    }
  };

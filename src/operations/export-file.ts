import type { Readable } from "node:stream";

import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { byToken } from "./export.service.ts";
import { type Export, ExportKind, ExportState } from "./export.ts";

/** Below which path exports are downloaded. */
export const EXPORTS_PATH = "/exports";

/** Under which storage knows an export's file. The same one at each try: half a file is never there beside a whole one. */
export const exportKey = (token: string): string => `exports/${token}`;

/** user_3-2026-11-21.jsonl.gz */
export function fileName({ kind, userId, conversationId, createdAt, isCompressed }: Export): string {
  const of = kind === ExportKind.USER ? globalId("user", userId ?? 0) : globalId("conversation", conversationId ?? 0);
  return `${of}-${createdAt.toISOString().slice(0, 10)}.jsonl${isCompressed ? ".gz" : ""}`;
}

export const mimeTypeOf = ({ isCompressed }: Pick<Export, "isCompressed">): string =>
  isCompressed ? "application/gzip" : "application/jsonl";

/** Where an export is downloaded, by whoever knows the address; null before it is READY, and once it has expired. */
export function urlOf(publicUrl: string, asked: Export): string | null {
  if (asked.state !== ExportState.READY) return null;
  return `${publicUrl}${EXPORTS_PATH}/${asked.token}/${fileName(asked)}`;
}

/** The file of an export, ready to be read. */
export interface ExportFile {
  readonly name: string;
  readonly mimeType: string;
  readonly size: number;
  open(): Promise<Readable>;
}

/** What lies at an export's address; null where nothing does. */
export async function exportFile(ctx: Context, token: string): Promise<ExportFile | null> {
  const asked = await byToken(ctx, token);
  if (asked === null) return null;
  return {
    name: fileName(asked),
    mimeType: mimeTypeOf(asked),
    size: asked.size ?? 0,
    open: () => ctx.services.files.storage.read(exportKey(token)),
  };
}

import type { File } from "../files/file.ts";
import { visible as visibleFile } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { checkedExternalFile, type ExternalFile } from "./external-file.ts";
import { MessageType } from "./message.ts";

/** How the media type begins of what a message of each type carries; the other types carry nothing. */
const CARRIES: Partial<Record<MessageType, string>> = {
  [MessageType.IMAGE]: "image/",
  [MessageType.AUDIO]: "audio/",
  [MessageType.VIDEO]: "video/",
  [MessageType.FILE]: "",
};

/** What a client says that a message carries: one of these, or nothing. */
export interface Cargo {
  /** A file that the sender may see, of the kind that the type of the message says. */
  readonly fileId?: number | null;
  /** A file that `fileAt` found by an address which the sender has shown: who knows the address has the right to it. */
  readonly shownFile?: File | null;
  /** A file that lies elsewhere on the web. */
  readonly externalFile?: ExternalFile | null;
}

/** What a message carries, of which only {@link demandFile} is yet to be asked. @throws BAD_USER_INPUT */
export function checkedCargo(
  { fileId = null, shownFile = null, externalFile = null }: Cargo,
  type: MessageType,
): { fileId: number | null; externalFile: ExternalFile | null } {
  const given = [fileId, shownFile, externalFile].filter((file) => file !== null);
  const field = externalFile === null ? "fileId" : "externalFile";
  if (given.length > 1) throw badInput(field, "A message carries one file.");
  if (given.length === 1) beginningOf(type, field);
  if (shownFile !== null) demandKind(shownFile, type);
  return {
    fileId: fileId ?? shownFile?.id ?? null,
    externalFile: externalFile === null ? null : checkedExternalFile(externalFile),
  };
}

/**
 * Demands that a message of the type may carry the file, and that the sender may see it.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND
 */
export async function demandFile(ctx: Context, fileId: number, type: MessageType): Promise<void> {
  demandKind(await visibleFile(ctx, fileId, "fileId"), type);
}

function demandKind({ mimeType }: File, type: MessageType): void {
  const beginning = beginningOf(type, "fileId");
  if (!mimeType.startsWith(beginning)) {
    throw badInput("fileId", `A message of the type ${type} carries ${beginning}*, and this file is ${mimeType}.`);
  }
}

function beginningOf(type: MessageType, field: string): string {
  const beginning = CARRIES[type];
  if (beginning === undefined) throw badInput(field, "Only an IMAGE, FILE, AUDIO or VIDEO message carries a file.");
  return beginning;
}

/** For what the writer throws: between the demand and the writing the file may have been deleted. @throws NOT_FOUND */
export function refusingGoneFile(error: unknown): never {
  const isGone = isDatabaseError(error) && error.constraint === "messages_file_id_foreign";
  throw isGone ? notFound("fileId", "file") : error;
}

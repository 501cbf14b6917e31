import { visible as visibleFile } from "../files/reach.ts";
import type { Context } from "../kernel/context.ts";
import { isDatabaseError } from "../kernel/database.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { MessageType } from "./message.ts";

/** How the media type begins of what a message of each type carries; the other types carry nothing. */
const CARRIES: Partial<Record<MessageType, string>> = {
  [MessageType.IMAGE]: "image/",
  [MessageType.AUDIO]: "audio/",
  [MessageType.VIDEO]: "video/",
  [MessageType.FILE]: "",
};

/**
 * Demands that a message of the type may carry the file, and that the sender may see it.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND
 */
export async function demandFile(ctx: Context, fileId: number, type: MessageType): Promise<void> {
  const beginning = CARRIES[type];
  if (beginning === undefined) throw badInput("fileId", "Only an IMAGE, FILE, AUDIO or VIDEO message carries a file.");
  const { mimeType } = await visibleFile(ctx, fileId, "fileId");
  if (!mimeType.startsWith(beginning)) {
    throw badInput("fileId", `A message of the type ${type} carries ${beginning}*, and this file is ${mimeType}.`);
  }
}

/** For what the writer throws: between the demand and the writing the file may have been deleted. @throws NOT_FOUND */
export function refusingGoneFile(error: unknown): never {
  const isGone = isDatabaseError(error) && error.constraint === "messages_file_id_foreign";
  throw isGone ? notFound("fileId", "file") : error;
}

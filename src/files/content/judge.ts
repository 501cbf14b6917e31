import { open } from "node:fs/promises";
import { extname } from "node:path";

import { fileTypeFromFile } from "file-type";

import { Failure } from "../../kernel/errors.ts";
import { streamNames } from "./compound-file.ts";
import { DOC, EVERY_KIND, type Kinds, type MediaType, SOUND_OF, TAKEN, TXT, XLS } from "./media-types.ts";
import { isPlainText } from "./plain-text.ts";

/** What the sender says of a file. It decides only what the content leaves open. */
export interface Claim {
  readonly name: string;
  readonly mimeType: string;
}

/** The refusal of a file for its kind. */
export const unsupported = (message: string): Failure =>
  new Failure("UNSUPPORTED_MEDIA_TYPE", message, { field: "file" });

/**
 * Finds out by its content what a file is, whatever it is called.
 *
 * @param only what of it is taken; all that the server takes, where nothing is said
 * @throws UNSUPPORTED_MEDIA_TYPE where it is nothing that is taken
 */
export async function judge(path: string, claim: Claim, only: Kinds = EVERY_KIND): Promise<MediaType> {
  const media = await found(path, claim);
  if (media === null || !only.takes(media.mimeType)) {
    throw unsupported(`Only these kinds of files are taken here: ${only.inWords}.`);
  }
  return media;
}

/** What a file is, of the kinds that the server takes; null for anything else. */
async function found(path: string, claim: Claim): Promise<MediaType | null> {
  const sign = await recognised(path);
  const media = sign === undefined ? null : TAKEN.get(sign);
  if (media != null) {
    const asSound = claim.mimeType.toLowerCase().startsWith("audio/") ? SOUND_OF.get(media.mimeType) : undefined;
    return asSound ?? media;
  }
  await using file = await open(path);
  if (sign === "application/x-cfb") {
    const names = await streamNames(file);
    if (names.has("WordDocument")) return DOC;
    if (names.has("Workbook") || names.has("Book")) return XLS;
  }
  // Text has no sign of its own: it is taken where it is called so.
  if (sign === undefined && extname(claim.name).toLowerCase() === ".txt" && (await isPlainText(file))) return TXT;
  return null;
}

/** What file-type makes of it. A file that breaks off where it looks is nothing that it knows. */
async function recognised(path: string): Promise<string | undefined> {
  try {
    return (await fileTypeFromFile(path))?.mime;
  } catch {
    return "broken";
  }
}

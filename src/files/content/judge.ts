import { open } from "node:fs/promises";
import { extname } from "node:path";

import { fileTypeFromFile } from "file-type";

import { Failure } from "../../kernel/errors.ts";
import { streamNames } from "./compound-file.ts";
import { DOC, type MediaType, SOUND_OF, TAKEN, TAKEN_IN_WORDS, TXT, XLS } from "./media-types.ts";
import { isPlainText } from "./plain-text.ts";

/** What the sender says of a file. It decides only what the content leaves open. */
export interface Claim {
  readonly name: string;
  readonly mimeType: string;
}

/** The refusal of what is none of the kinds that are taken. */
export const unsupported = (message = `Only these kinds of files are taken: ${TAKEN_IN_WORDS}.`): Failure =>
  new Failure("UNSUPPORTED_MEDIA_TYPE", message, { field: "file" });

/**
 * Finds out by its content what a file is, whatever it is called.
 *
 * @throws UNSUPPORTED_MEDIA_TYPE where it is nothing that is taken
 */
export async function judge(path: string, claim: Claim): Promise<MediaType> {
  const found = await recognised(path);
  const media = found === undefined ? null : TAKEN.get(found);
  if (media != null) {
    const asSound = claim.mimeType.toLowerCase().startsWith("audio/") ? SOUND_OF.get(media.mimeType) : undefined;
    return asSound ?? media;
  }
  await using file = await open(path);
  if (found === "application/x-cfb") {
    const names = await streamNames(file);
    if (names.has("WordDocument")) return DOC;
    if (names.has("Workbook") || names.has("Book")) return XLS;
  }
  // Text has no sign of its own: it is taken where it is called so.
  if (found === undefined && extname(claim.name).toLowerCase() === ".txt" && (await isPlainText(file))) return TXT;
  throw unsupported();
}

/** What file-type makes of it. A file that breaks off where it looks is nothing that it knows. */
async function recognised(path: string): Promise<string | undefined> {
  try {
    return (await fileTypeFromFile(path))?.mime;
  } catch {
    return "broken";
  }
}

import { extname } from "node:path";

import { isVisible, UNRULY } from "../../kernel/text.ts";
import type { MediaType } from "./media-types.ts";

/** Characters of a file's name, at the most: longer ones lose their middle, the extension stays. */
export const FILE_NAME_MAXIMUM = 200;

/** What file systems, shells and headers would take for something else. */
// oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
const AWKWARD = /[\u0000-\u001F\u007F"*:<>?|\\/]/g;

/**
 * A name to keep of the one that the sender gave: its last part, in one line, with an extension that fits the content,
 * so that nobody who saves a picture saves a program.
 */
export function fileName(given: string, { mimeType, extensions }: MediaType): string {
  // Browsers write quotation marks so (HTML, multipart/form-data encoding algorithm).
  const last = given.toWellFormed().replaceAll("%22", '"').split(/[\\/]/).at(-1) ?? "";
  const plain = last
    .normalize("NFC")
    .replace(UNRULY, "")
    .replace(AWKWARD, "_")
    .trim()
    .replace(/^\.+|[. ]+$/g, "");
  const extension = extname(plain).slice(1).toLowerCase();
  const fits = extensions.includes(extension);
  const stem = fits ? plain.slice(0, -extension.length - 1) : plain;
  const ending = `.${fits ? extension : extensions[0]}`;
  const base = isVisible(stem) ? stem : (mimeType.split("/")[0] ?? "file");
  return (
    Array.from(base)
      .slice(0, FILE_NAME_MAXIMUM - ending.length)
      .join("") + ending
  );
}

import type { File } from "./file.ts";

/** Below which path files are downloaded. */
export const FILES_PATH = "/files";

/** Where a file is downloaded. The token opens it; the name is there for people to read. */
export const urlOf = (publicUrl: string, { token, name }: Pick<File, "token" | "name">): string =>
  `${publicUrl}${FILES_PATH}/${token}/${encodeURIComponent(name)}`;

/** Where the thumbnail of an image is downloaded; null for other files. */
export const thumbnailUrlOf = (publicUrl: string, { token, mimeType }: Pick<File, "token" | "mimeType">) =>
  mimeType.startsWith("image/") ? `${publicUrl}${FILES_PATH}/${token}/thumbnail/image.webp` : null;

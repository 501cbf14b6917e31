import { extname } from "node:path";

import type { File } from "./file.ts";

/** Below which path files are downloaded. */
export const FILES_PATH = "/files";
/** The same by the names that clients of older protocols know (000, "文件上传"). */
export const LEGACY_FILES_PATH = "/uploads/chat";

/** Where a file is downloaded. The token opens it; the name is there for people to read. */
export const urlOf = (publicUrl: string, { token, name }: Pick<File, "token" | "name">): string =>
  `${publicUrl}${FILES_PATH}/${token}/${encodeURIComponent(name)}`;

/** Where the thumbnail of an image is downloaded; null for other files. */
export const thumbnailUrlOf = (publicUrl: string, { token, mimeType }: Pick<File, "token" | "mimeType">) =>
  mimeType.startsWith("image/") ? `${publicUrl}${FILES_PATH}/${token}/thumbnail/image.webp` : null;

/** Where clients of older protocols download a file: a path, which they put behind the address of their server. */
export const legacyUrlOf = ({ publicId, name }: Pick<File, "publicId" | "name">): string =>
  `${LEGACY_FILES_PATH}/${publicId}${extname(name)}`;

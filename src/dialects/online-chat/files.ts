import type { Services } from "../../kernel/context.ts";

/** Bytes of a file through online-chat, at the most: 10 MB (000…, 文件上传). */
export const FILE_BYTES_MAXIMUM = 10 * 2 ** 20;

/** Where the server takes less, so does this door. */
export const fileBytes = ({ files }: Services): number => Math.min(FILE_BYTES_MAXIMUM, files.maxUploadBytes);

import type { Readable } from "node:stream";

import type { Context } from "../kernel/context.ts";
import { badInput, Failure } from "../kernel/errors.ts";
import { isSystemError } from "../system-error.ts";
import type { Spooled } from "./spool.ts";

/** The file ends before its sender said so. */
const brokenOff = (): Failure => badInput("file", "The upload broke off.");

/**
 * Brings a file to the spool.
 *
 * @param limit bytes, at the most
 * @throws PAYLOAD_TOO_LARGE, BAD_USER_INPUT where it breaks off or is empty
 */
export async function receive(ctx: Context, file: { open(): Readable }, limit: number): Promise<Spooled> {
  const { spool } = ctx.services.files;
  const source = file.open();
  // It may have broken off while nobody listened yet.
  let brokeOff = source.destroyed;
  source.once("error", () => {
    brokeOff = true;
  });
  let size = 0;
  try {
    const spooled = await spool.write(source, (chunk) => {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
    });
    if (spooled.size > 0) return spooled;
    await spooled[Symbol.asyncDispose]();
    throw badInput("file", "The file is empty.");
  } catch (error) {
    if (error instanceof Failure) throw error;
    refusingFullDisk(ctx, error);
    throw brokeOff ? brokenOff() : error;
  }
}

export const tooLarge = (limit: number): Failure =>
  new Failure("PAYLOAD_TOO_LARGE", `A file may have at most ${limit.toLocaleString("en")} bytes.`, {
    field: "file",
    limit,
  });

/**
 * Tells the sender, and the operator, where the disk is full.
 *
 * @throws INTERNAL_SERVER_ERROR with the reason STORAGE_FULL, where that is the error
 */
export function refusingFullDisk(ctx: Context, error: unknown): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!isSystemError(cause, "ENOSPC", "EDQUOT")) continue;
    ctx.log.error({ err: error }, "there is no room for files left on the disk");
    throw new Failure("INTERNAL_SERVER_ERROR", "The server has no room for files left. All else goes on.", {
      field: "file",
      reason: "STORAGE_FULL",
    });
  }
}

import type { Context } from "../kernel/context.ts";
import type { File } from "./file.ts";
import { remove } from "./file.service.ts";
import { type Incoming, type Narrower, upload } from "./upload.service.ts";

/** Takes a file in as it comes. @throws as `upload` */
export type Take = (file: Incoming) => Promise<File>;

/**
 * Takes a file in for what may be refused when that is done already: then nothing of it stays.
 *
 * @param only what is taken as a file; all that the server takes, where nothing is said
 * @param mayBeUsed of what `use` threw, whether the file may be in use all the same; if it is not, it is swept away in time
 * @throws whatever `use` throws
 */
export async function takeFor<T>(
  ctx: Context,
  only: Narrower | undefined,
  use: (take: Take) => Promise<T>,
  mayBeUsed: (error: unknown) => boolean = () => false,
): Promise<T> {
  const taken: File[] = [];
  try {
    return await use(async (incoming) => {
      const file = await upload(ctx, { file: async () => incoming, conversationId: null, ...(only && { only }) });
      taken.push(file);
      return file;
    });
  } catch (error) {
    if (!mayBeUsed(error)) await giveUp(ctx, taken);
    throw error;
  }
}

/** Removes files that were never sent. What fails here is done by the sweep of unsent files later. */
async function giveUp(ctx: Context, files: readonly File[]): Promise<void> {
  for (const { id } of files) {
    await remove(ctx, { fileId: id }).catch((error: unknown) => {
      ctx.log.warn({ err: error, fileId: id }, "a file that was not sent is removed later");
    });
  }
}

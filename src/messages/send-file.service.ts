import type { File } from "../files/file.ts";
import { remove } from "../files/file.service.ts";
import { type Incoming, type Narrower, upload } from "../files/upload.service.ts";
import type { Context } from "../kernel/context.ts";
import { Failure } from "../kernel/errors.ts";
import type { Message } from "./message.ts";
import { sendJoining } from "./message.service.ts";
import type { SendInput } from "./send-input.ts";

/**
 * Takes a file in and sends it: one act for clients who know no other way to upload. Where the message is refused, or not
 * all of it comes, nothing of the file stays.
 *
 * @param only what is taken as a file
 * @param arrive reads what the client sends: hands over the file as it comes, and says with which message it goes, which
 *   may be known only once the file was taken
 * @throws as `upload` and `sendJoining`, and whatever `arrive` throws
 */
export async function sendFile(
  ctx: Context,
  only: Narrower,
  arrive: (take: (file: Incoming) => Promise<File>) => Promise<SendInput>,
): Promise<Message> {
  const taken: File[] = [];
  const take = async (incoming: Incoming): Promise<File> => {
    const file = await upload(ctx, { file: async () => incoming, conversationId: null, only });
    taken.push(file);
    return file;
  };
  let isOnItsWay = false;
  try {
    const input = await arrive(take);
    isOnItsWay = true;
    return await sendJoining(ctx, input);
  } catch (error) {
    // A message that was not refused may be written all the same. If it is not, the file is swept away in time.
    if (!isOnItsWay || error instanceof Failure) await giveUp(ctx, taken);
    throw error;
  }
}

async function giveUp(ctx: Context, files: readonly File[]): Promise<void> {
  for (const { id } of files) {
    await remove(ctx, { fileId: id }).catch((error: unknown) => {
      ctx.log.warn({ err: error }, "a file that was not sent is removed later");
    });
  }
}

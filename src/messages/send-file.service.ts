import { type Take, takeFor } from "../files/provisional.ts";
import type { Narrower } from "../files/upload.service.ts";
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
  arrive: (take: Take) => Promise<SendInput>,
): Promise<Message> {
  let isOnItsWay = false;
  return takeFor(
    ctx,
    only,
    async (take) => {
      const input = await arrive(take);
      isOnItsWay = true;
      return sendJoining(ctx, input);
    },
    // A message that was not refused may be written all the same.
    (error) => isOnItsWay && !(error instanceof Failure),
  );
}

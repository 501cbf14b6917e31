import { idWith } from "../conversations/direct.service.ts";
import type { Context } from "../kernel/context.ts";
import type { Message } from "./message.ts";
import { write } from "./message.service.ts";
import { checkedClientMessageId, checkedInput, type SendInput } from "./send-input.ts";

/** Stands for the conversation until it is known; no conversation has this number. */
const NOT_YET = 0;

/**
 * Sends a message to somebody: into the direct conversation with them, which is opened if need be. What is refused for what
 * it says opens none.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND for nobody, FORBIDDEN with the one refusal for who cannot be reached, CONFLICT,
 *   RATE_LIMITED
 */
export async function sendTo(ctx: Context, userId: number, input: Omit<SendInput, "conversationId">): Promise<Message> {
  const told = await checkedInput(ctx, { ...input, conversationId: NOT_YET });
  const clientMessageId = checkedClientMessageId(input.clientMessageId ?? null);
  return write(ctx, { ...told, conversationId: await idWith(ctx, userId) }, clientMessageId);
}

import * as conversations from "../conversations/conversation.service.ts";
import type { Context } from "../kernel/context.ts";
import { may } from "../rooms/permissions.ts";
import type { Message } from "./message.ts";

/** Whether the viewer may delete what others wrote, where the message stands. */
export async function mayModerate(ctx: Context, { conversationId }: Message): Promise<boolean> {
  const conversation = await conversations.visible(ctx, conversationId, "messageId");
  return may(ctx, conversation, "deleteMessages");
}

import type { Context } from "../kernel/context.ts";
import { may, standing } from "../rooms/permissions.ts";

/** Whether the viewer may delete what others wrote in a conversation. */
export async function mayModerate(ctx: Context, conversationId: number): Promise<boolean> {
  return may(await standing(ctx, conversationId, "messageId"), "deleteMessages");
}

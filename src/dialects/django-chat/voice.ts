import type { Context } from "../../kernel/context.ts";
import { MessageChange } from "../../messages/change.ts";
import { idsAt } from "../../messages/places.ts";
import type { ConversationEvent } from "../../realtime/events.ts";
import type { User } from "../../users/user.ts";
import type { Voice } from "../frame/socket/live-socket.ts";
import { attendanceFrame, deletedFrame, messageFrame, readFrame, typingFrame, updatedFrame } from "./shapes/frame.ts";
import { personById, withWhatItNames } from "./shown.ts";

type Event<Name extends ConversationEvent["type"]> = Extract<ConversationEvent, { type: Name }>;

/** What a room's sockets are told, made once for all of them (001…, 接收消息格式). */
export const VOICE: Voice = {
  async change(ctx, { added, message }) {
    if (!added && message.isGone) return deletedFrame(message.id);
    const told = await withWhatItNames(ctx, message);
    return added ? messageFrame(told) : updatedFrame(told);
  },

  async passing(ctx, event) {
    switch (event.type) {
      case "typing":
        return of(ctx, event, (user) => typingFrame(user, event.isTyping));
      case "attendance":
        return of(ctx, event, (user) => attendanceFrame(user, event.isHere));
      case "read":
        return read(ctx, event);
      default:
        return null;
    }
  },

  async userEvent() {
    return null;
  },

  /** Whoever types, comes or goes knows it (docs/older-apis.md, Sockets). */
  concerns: (cause, userId) =>
    cause instanceof MessageChange ||
    (cause.type !== "typing" && cause.type !== "attendance") ||
    cause.userId !== userId,
};

/** A frame about somebody; none about whoever is no more. */
async function of(
  ctx: Context,
  { userId }: { readonly userId: number },
  frame: (user: User) => object,
): Promise<object | null> {
  const user = await personById(ctx, userId);
  return user === null ? null : frame(user);
}

async function read(ctx: Context, event: Event<"read">): Promise<object | null> {
  const messageId = await ctx.load(idsAt, event);
  return messageId === null ? null : of(ctx, event, (user) => readFrame(user, messageId, new Date(event.readAt)));
}

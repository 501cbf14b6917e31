import { CallEventKind, heardBy } from "../../calls/call-event.ts";
import { visibleByIds as callsByIds } from "../../calls/calls.ts";
import { deviceOf } from "../../calls/devices.ts";
import { factsOf } from "../../conversations/facts.ts";
import { FriendshipChange } from "../../friends/friendship-event.ts";
import { visibleByIds as requestsByIds } from "../../friends/requests.ts";
import type { Context } from "../../kernel/context.ts";
import { MessageChange } from "../../messages/change.ts";
import { idsAt } from "../../messages/places.ts";
import type { ConversationEvent, UserEvent } from "../../realtime/events.ts";
import { byIds, byIdsOrNull } from "../../users/user.service.ts";
import type { Voice } from "../frame/socket/live-socket.ts";
import * as frames from "./frames.ts";
import { SYSTEM } from "./message-shapes.ts";
import { carriedBy } from "./reading.ts";

/** What the socket says of what happens. Of rooms and groups it says nothing: this dialect knows two people alone. */
export const VOICE: Voice = {
  async change(ctx, { logId, message, added }) {
    const pair = await pairIn(ctx, logId);
    if (pair === null) return null;
    // What was deleted before anybody heard of it never was.
    if (message.isGone) return added ? null : frames.messageDeleted(message.id);
    const { senderId } = message;
    const [carried, sender] = await Promise.all([
      carriedBy(ctx, message),
      senderId === null ? null : ctx.load(byIdsOrNull, senderId),
    ]);
    const receiverId = senderId === null ? SYSTEM.id : peerIn(pair, senderId);
    return frames.messageFrame(added ? "new_message" : "message_updated", message, carried, sender, receiverId);
  },

  async passing(ctx, event) {
    if (event.type === "typing") {
      const pair = await pairIn(ctx, event.conversationId);
      return pair === null ? null : frames.typing(event.userId, event.isTyping);
    }
    return event.type === "read" ? read(ctx, event) : null;
  },

  userEvent(ctx, event) {
    if (event.type === "friendship") return friendship(ctx, event);
    return event.type === "call" ? call(ctx, event) : Promise.resolve(null);
  },

  concerns(cause, userId) {
    // Whoever wrote a message has its answer; that it changed may be another device's doing.
    if (cause instanceof MessageChange) return !cause.added || cause.message.senderId !== userId;
    return (cause.type === "typing" || cause.type === "read") && cause.userId !== userId;
  },
};

type Event<Name extends string> = Extract<UserEvent | ConversationEvent, { type: Name }>;

async function read(ctx: Context, { conversationId, userId, seq, readAt }: Event<"read">) {
  const pair = await pairIn(ctx, conversationId);
  const messageId = pair === null ? null : await ctx.load(idsAt, { conversationId, seq });
  return messageId === null ? null : frames.messageRead(messageId, userId, new Date(readAt));
}

/** Whoever is asked is told; what becomes of a request has no frame in the document. */
async function friendship(ctx: Context, { change, requestId }: Event<"friendship">) {
  if (change !== FriendshipChange.REQUESTED || requestId === null) return null;
  const request = await ctx.load(requestsByIds, requestId);
  if (request?.toUserId !== ctx.me.userId) return null;
  return frames.friendRequest(request, await ctx.load(byIds, request.fromUserId));
}

async function call(ctx: Context, event: Event<"call">) {
  const heard = heardBy(deviceOf(ctx, null), event);
  const found = heard === null ? null : await ctx.load(callsByIds, heard.of);
  if (heard === null || found === null) return null;
  const pair = await pairIn(ctx, found.conversationId);
  if (pair === null) return null;
  if (heard.kind !== CallEventKind.RINGING) return frames.callNews(heard);
  const { userId: me } = ctx.me;
  if (heard.userId === me || heard.userId === null) return frames.callStarted(found, peerIn(pair, me));
  return frames.callInvite(found, await ctx.load(byIds, heard.userId));
}

type Pair = readonly [number, number];

/** The two of a direct conversation; null for a room or a group. */
async function pairIn(ctx: Context, conversationId: number): Promise<Pair | null> {
  return (await ctx.load(factsOf, conversationId))?.pair ?? null;
}

const peerIn = ([one, other]: Pair, userId: number): number => (userId === one ? other : one);

import { ConversationKind } from "../../conversations/conversation.ts";
import { withUser } from "../../conversations/direct.service.ts";
import { factsOf } from "../../conversations/facts.ts";
import { rowsOf } from "../../conversations/memberships.ts";
import { urlOf } from "../../files/addresses.ts";
import { byIds as filesByIds } from "../../files/reach.ts";
import type { Context } from "../../kernel/context.ts";
import { forbidden, notFound } from "../../kernel/errors.ts";
import { numberedPage } from "../../messages/history-pages.ts";
import type { Message } from "../../messages/message.ts";
import { exists, visibleOrNull } from "../../messages/reach.ts";
import { type Carried, type HistoryPage, row } from "./message-shapes.ts";

/** A message's file, as it is shown to those who see the message; null where it carries none. */
export async function carriedBy(ctx: Context, { fileId, externalFile }: Message): Promise<Carried | null> {
  if (externalFile !== null) return externalFile;
  const file = fileId === null ? null : await ctx.load(filesByIds, fileId);
  if (file === null) return null;
  return { url: urlOf(ctx.services.files.publicUrl, file), name: file.name, size: file.size };
}

/**
 * A page of what the caller and somebody wrote to each other; empty where they never did, for reading makes no
 * conversation.
 *
 * @throws NOT_FOUND naming `userId` for nobody
 */
export async function history(ctx: Context, userId: number, page: number, limit: number): Promise<HistoryPage> {
  const { userId: me } = ctx.me;
  const conversation = await withUser(ctx, userId);
  if (conversation === null) return { messages: [], pagination: { page, limit, total: 0, pages: 0 } };
  const { id: conversationId } = conversation;
  // Beyond any end is beyond the end.
  const skip = Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER);
  const [{ messages, total }, members] = await Promise.all([
    numberedPage(ctx, { conversationId, skip, limit, withGone: false }),
    rowsOf(ctx, conversationId, [me, userId]),
  ]);
  const [viewer, peer] = [me, userId].map(
    (id) => members.find((member) => member.userId === id) ?? { userId: id, lastReadSeq: 0 },
  ) as [Reader, Reader];
  const rows = messages.map(async (message) => row(message, await carriedBy(ctx, message), viewer, peer));
  return {
    messages: await Promise.all(rows),
    pagination: { page, limit, total, pages: Math.ceil(total / limit) },
  };
}

type Reader = Parameters<typeof row>[2];

/**
 * Demands that a message is the caller's to see by this door, which knows what two write to each other alone.
 *
 * @throws NOT_FOUND where there is none of the number, FORBIDDEN for any other: MESSAGE_001, MESSAGE_002
 */
export async function demandOwnTalk(ctx: Context, messageId: number): Promise<void> {
  const message = await visibleOrNull(ctx, messageId);
  if (message === null && !(await exists(ctx, messageId))) throw notFound("messageId", "message");
  const facts = message === null ? null : await ctx.load(factsOf, message.conversationId);
  if (facts?.kind !== ConversationKind.DIRECT) throw forbidden("This message is not yours to see.", "messageId");
}

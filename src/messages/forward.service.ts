import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, Failure, forbidden } from "../kernel/errors.ts";
import { demandWriter } from "../rooms/writing.ts";
import { type Message, MessageType } from "./message.ts";
import { write } from "./message.service.ts";
import { visible } from "./reach.ts";
import { CLIENT_MESSAGE_ID_MAXIMUM, checkedClientMessageId, type Told } from "./send-input.ts";
import { byClientMessageIds } from "./read.ts";

/** Messages forwarded by one call, at the most. */
export const FORWARDED_MESSAGES_MAXIMUM = 100;
/** Conversations that one call forwards to, at the most. */
export const FORWARD_TARGETS_MAXIMUM = 20;
/** Messages that one call writes, at the most: each message into each conversation. */
export const FORWARD_COPIES_MAXIMUM = 500;
/** What is put behind the clientMessageId of a call, `:499` at the most, to name each of its messages. */
const SUFFIX_MAXIMUM = 4;
/** Characters of a call's clientMessageId, at the most. */
export const FORWARD_ID_MAXIMUM = CLIENT_MESSAGE_ID_MAXIMUM - SUFFIX_MAXIMUM;

/** One message to write: the number of its source among the sources, and of its conversation among the targets. */
interface Copy {
  readonly source: number;
  readonly target: number;
  readonly conversationId: number;
  readonly messageId: number;
  readonly clientMessageId: string | null;
}

/**
 * Repeats messages in other conversations: all of them, in their order, in one conversation after the other. All is
 * checked before anything is written. Should a conversation be closed to the viewer in between, what was written
 * stays, and the same call under the same clientMessageId writes the rest and answers with everything.
 *
 * @returns what was written, by conversation
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, naming the id at fault: `messageIds[2]`
 */
export async function forward(
  ctx: Context,
  input: { messageIds: readonly number[]; conversationIds: readonly number[]; clientMessageId?: string | null },
): Promise<Message[]> {
  const messageIds = checkedList("messageIds", input.messageIds, FORWARDED_MESSAGES_MAXIMUM);
  const conversationIds = checkedList("conversationIds", input.conversationIds, FORWARD_TARGETS_MAXIMUM);
  if (messageIds.length * conversationIds.length > FORWARD_COPIES_MAXIMUM) {
    const bound = `A call forwards at most ${FORWARD_COPIES_MAXIMUM} messages, each counted once a conversation.`;
    throw badInput("messageIds", bound, FORWARD_COPIES_MAXIMUM);
  }
  const prefix = checkedClientMessageId(input.clientMessageId ?? null, FORWARD_ID_MAXIMUM);
  const copies = conversationIds.flatMap((conversationId, target) =>
    messageIds.map((messageId, source) => {
      const clientMessageId = prefix === null ? null : `${prefix}:${target * messageIds.length + source}`;
      return { source, target, conversationId, messageId, clientMessageId };
    }),
  );
  await Promise.all(conversationIds.map((id, place) => demandTarget(ctx, id, `conversationIds[${place}]`)));
  const earlier = await writtenEarlier(ctx, copies);
  if (earlier !== null) return earlier;

  const sources = await Promise.all(messageIds.map((id, place) => forwardable(ctx, id, `messageIds[${place}]`)));
  const writing = copies.map((copy) => writeCopy(ctx, copy, sources[copy.source] as Message));
  const written = await Promise.allSettled(writing);
  const refused = written.find((each) => each.status === "rejected");
  if (refused !== undefined) throw refused.reason;
  return Promise.all(writing);
}

/** Ids without repetition, in their order. */
function checkedList(field: string, ids: readonly number[], maximum: number): number[] {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0 || distinct.length > maximum) {
    throw badInput(field, `${field} must name between 1 and ${maximum}.`, maximum);
  }
  return distinct;
}

async function demandTarget(ctx: Context, conversationId: number, field: string): Promise<void> {
  await visibleConversation(ctx, conversationId, field);
  await demandWriter(ctx, conversationId, field);
}

/** A message as it may be repeated elsewhere. */
async function forwardable(ctx: Context, messageId: number, field: string): Promise<Message> {
  const message = await visible(ctx, messageId, field);
  if (message.isGone) throw forbidden("The message was deleted.", field);
  if (message.type === MessageType.SYSTEM) throw forbidden("The server's own messages stay where they are.", field);
  // Whoever it was encrypted for has the key; the people elsewhere have not.
  if (message.isEncrypted) throw forbidden("An encrypted message cannot be read elsewhere.", field);
  return message;
}

/**
 * What an earlier call under the same clientMessageId wrote, where it wrote everything: whatever became of the sources
 * since, its answer is the same. Null where something is missing.
 */
async function writtenEarlier(ctx: Context, copies: readonly Copy[]): Promise<Message[] | null> {
  const ids = copies.map(({ clientMessageId }) => clientMessageId).filter((id) => id !== null);
  if (ids.length === 0) return null;
  const found = await byClientMessageIds(ctx, ctx.me.userId, ids);
  const messages = copies.map(({ clientMessageId }) => found.get(clientMessageId ?? ""));
  const same = messages.every(
    (message, place) =>
      message?.conversationId === copies[place]?.conversationId &&
      (message?.isGone === true || message?.forwardedFromId === copies[place]?.messageId),
  );
  return same ? messages.filter((message) => message !== undefined) : null;
}

async function writeCopy(ctx: Context, copy: Copy, source: Message): Promise<Message> {
  const { conversationId, target } = copy;
  const told: Told = {
    conversationId,
    type: source.type,
    content: source.content,
    location: source.location,
    replyToId: null,
    fileId: source.fileId,
    externalFile: source.externalFile,
    forwardedFromId: source.id,
    isEncrypted: false,
  };
  try {
    // The same is whatever repeats the same message in the same place, though the source was edited in between.
    const same = { conversationId, forwardedFromId: source.id };
    return await write(ctx, told, copy.clientMessageId, { same });
  } catch (error) {
    if (error instanceof Failure && error.detail.field === "conversationId") {
      throw new Failure(error.code, error.message, { ...error.detail, field: `conversationIds[${target}]` });
    }
    throw error;
  }
}

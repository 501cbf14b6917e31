import { createHash } from "node:crypto";

import { LOG_COLUMNS, type LogRow, lockConversation, publishChanges } from "../conversations/log.ts";
import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { Failure, forbidden, notFound } from "../kernel/errors.ts";
import { join } from "../rooms/joining.service.ts";
import { demandWriter } from "../rooms/writing.ts";
import { refusingGoneFile } from "./carried-file.ts";
import { keepPast } from "./edit-history.ts";
import { mentionedNames } from "./mentions.ts";
import type { Message } from "./message.ts";
import { visible } from "./reach.ts";
import { byId } from "./read.ts";
import { messageOf } from "./row.ts";
import { checkedContent, checkedClientMessageId, checkedInput, type SendInput, type Told } from "./send-input.ts";

/**
 * Sends a message. Under a clientMessageId that the sender has used before, the same content returns the first
 * message as it is now, for as long as the sender sees the conversation; so a send may be repeated until it is answered.
 *
 * @param onPlaced hears that the message has its place, though it is not written yet: what is sent from then on comes
 *   after it in its conversation
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, RATE_LIMITED
 */
export async function send(ctx: Context, input: SendInput, onPlaced?: () => void): Promise<Message> {
  const told = await checkedInput(ctx, input);
  return write(ctx, told, checkedClientMessageId(input.clientMessageId ?? null), { onPlaced });
}

/**
 * As {@link send}, and who writes into a PUBLIC room without being in it goes in first: clients of online-chat and
 * django-chat never asked to join. Whoever is in it costs no statement more.
 *
 * @throws as {@link send}, FORBIDDEN also for who is banned there, CONFLICT where the room is full
 */
export async function sendJoining(ctx: Context, input: SendInput, onPlaced?: () => void): Promise<Message> {
  try {
    return await send(ctx, input, onPlaced);
  } catch (error) {
    if (!(error instanceof Failure) || error.detail.reason !== "NOT_MEMBER") throw error;
  }
  await join(ctx, input.conversationId, "conversationId");
  return send(ctx, input);
}

/**
 * Sends what was checked, as {@link send} does.
 *
 * @param options.same what must be the same in a repeat under the clientMessageId; all that is said, where nothing is given
 * @param options.onPlaced as of {@link send}
 */
export async function write(
  ctx: Context,
  told: Told,
  clientMessageId: string | null,
  { same = withoutNothing(told), onPlaced }: { same?: object; onPlaced?: (() => void) | undefined } = {},
): Promise<Message> {
  const { conversationId, isEncrypted, forwardedFromId, content } = told;
  const sending = ctx.services.writer.send({
    ...told,
    senderId: ctx.me.userId,
    clientMessageId,
    fingerprint: clientMessageId === null ? null : fingerprintOf(same),
    // Whom the first one called is not called again by who passes it on.
    names: isEncrypted || forwardedFromId !== null ? null : mentionedNames(content),
  });
  onPlaced?.();
  const written = await sending.catch(refusingGoneFile);
  if ("message" in written) return written.message;
  // A repeat is told before the writer asks who is a member; who is out by now reads nothing here any more.
  await visibleConversation(ctx, conversationId, "conversationId");
  const first = await ctx.load(byId, written.repeatOf);
  if (first === null) throw notFound("conversationId", "conversation");
  return first;
}

/** By what the same is told from other: SHA-256, in hex. */
export const fingerprintOf = (same: object): string => createHash("sha256").update(JSON.stringify(same)).digest("hex");

/**
 * Changes what one's own message says. Saying the same again changes nothing.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for others' messages and for what was deleted
 */
export async function edit(ctx: Context, input: { messageId: number; content: string }): Promise<Message> {
  const content = checkedContent(input.content, true);
  return change(ctx, input.messageId, async (tx, message) => {
    if (message.senderId !== tx.me.userId) throw forbidden("Only its sender may edit a message.", "messageId");
    if (message.isGone) throw forbidden("The message was deleted.", "messageId");
    await demandWriter(tx, message.conversationId, "messageId");
    checkedContent(content, message.isEncrypted);
    if (message.content === content) return null;
    await keepPast(tx, message);
    const names = message.isEncrypted ? null : mentionedNames(content);
    return {
      set: `, content = $3, edited_at = clock_timestamp(), mentions = (
        select array_agg(u.id) from users u
        join members o on o.conversation_id = $1 and o.user_id = u.id and o.left_at is null
        where lower(u.username) = any ($4))`,
      parameters: [content, names],
    };
  });
}

/** What a change sets in the message's row: `, column = $3 …`, or nothing. Its parameters are $3 and on. */
export interface RowChange {
  readonly set: string;
  readonly parameters: readonly SqlParameter[];
}

/**
 * Changes a message that the viewer sees, as one change of the log.
 *
 * @param decide runs under the conversation's lock; answers what to set, null to leave everything as it is
 */
export async function change(
  ctx: Context,
  messageId: number,
  decide: (tx: Context, message: Message) => Promise<RowChange | null>,
): Promise<Message> {
  const { conversationId } = await visible(ctx, messageId, "messageId");
  return ctx.transaction(async (tx) => {
    await lockConversation(tx, conversationId);
    const message = await visible(tx, messageId, "messageId");
    const changed = await decide(tx, message);
    return changed === null ? message : writeChange(tx, message, changed);
  });
}

/** Writes a change of a message into the log of its conversation, whose lock is held, and tells the listeners. */
export async function writeChange(tx: Context, message: Message, { set, parameters }: RowChange): Promise<Message> {
  const { id, conversationId } = message;
  const rows = await tx.sql<LogRow>(
    `with moved as (
       update conversations set position = position + 1, updated_at = clock_timestamp() where id = $1 returning position)
     update messages set position = (select position from moved), updated_at = clock_timestamp()${set}
     where id = $2 returning ${LOG_COLUMNS}`,
    [conversationId, id, ...parameters],
  );
  publishChanges(tx, conversationId, rows);
  return messageOf(rows[0] as LogRow);
}

/** What a message says, without a word on what it does not carry: new kinds of content leave old fingerprints good. */
function withoutNothing({ fileId, forwardedFromId, externalFile, ...told }: Told): object {
  return {
    ...told,
    ...(fileId === null ? {} : { fileId }),
    ...(forwardedFromId === null ? {} : { forwardedFromId }),
    ...(externalFile === null ? {} : { externalFile }),
  };
}

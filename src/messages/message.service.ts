import { createHash } from "node:crypto";

import { LOG_COLUMNS, type LogRow, lockConversation, publishChanges } from "../conversations/log.ts";
import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { badInput, Failure, forbidden, notFound, unauthenticated } from "../kernel/errors.ts";
import { checkedText } from "../kernel/text.ts";
import { demandWriter } from "../rooms/writing.ts";
import { demandFile, refusingGoneFile } from "./carried-file.ts";
import { mayModerate } from "./message.policy.ts";
import { mentionedNames } from "./mentions.ts";
import { type Location, type Message, MessageType } from "./message.ts";
import { byId } from "./read.ts";
import { messageOf } from "./row.ts";

/** Characters of a message, at the most. */
export const CONTENT_MAXIMUM = 5_000;
/** Characters of a clientMessageId, at the most. */
export const CLIENT_MESSAGE_ID_MAXIMUM = 100;
const ADDRESS_MAXIMUM = 500;

/** What a client says of a message that it sends. */
export interface SendInput {
  readonly conversationId: number;
  readonly type: MessageType;
  readonly content: string;
  readonly location?: Location | null;
  readonly replyToId?: number | null;
  /** What an IMAGE, FILE, AUDIO or VIDEO message carries: a file that the sender may see, of the kind that the type says. */
  readonly fileId?: number | null;
  readonly isEncrypted?: boolean;
  readonly clientMessageId?: string | null;
}

/**
 * Sends a message. Under a clientMessageId that the sender has used before, the same content returns the first
 * message as it is now, for as long as the sender sees the conversation; so a send may be repeated until it is answered.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, RATE_LIMITED
 */
export async function send(ctx: Context, input: SendInput): Promise<Message> {
  const { userId } = ctx.me;
  const { conversationId, type, replyToId = null, fileId = null, isEncrypted = false, clientMessageId = null } = input;
  if (type === MessageType.SYSTEM) throw badInput("type", "SYSTEM messages are written by the server.");
  const location = checkedLocation(type, input.location ?? null);
  const content = checkedText("content", input.content, {
    min: location === null && fileId === null ? 1 : 0,
    max: CONTENT_MAXIMUM,
  });
  if (clientMessageId !== null) {
    checkedText("clientMessageId", clientMessageId, { min: 1, max: CLIENT_MESSAGE_ID_MAXIMUM });
  }
  if (fileId !== null) await demandFile(ctx, fileId, type);
  const told = { conversationId, type, content, location, replyToId, fileId, isEncrypted };
  const sending = ctx.services.writer.send({
    ...told,
    forwardedFromId: null,
    senderId: userId,
    clientMessageId,
    fingerprint: clientMessageId === null ? null : createHash("sha256").update(JSON.stringify(told)).digest("hex"),
    names: isEncrypted ? null : mentionedNames(content),
  });
  const written = await sending.catch(refusingGoneFile);
  if ("message" in written) return written.message;
  // A repeat is told before the writer asks who is a member; who is out by now reads nothing here any more.
  await visibleConversation(ctx, conversationId, "conversationId");
  const first = await ctx.load(byId, written.repeatOf);
  if (first === null) throw notFound("conversationId", "conversation");
  return first;
}

/**
 * Changes what one's own message says. Saying the same again changes nothing.
 *
 * @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN for others' messages and for what was deleted
 */
export async function edit(ctx: Context, input: { messageId: number; content: string }): Promise<Message> {
  const content = checkedText("content", input.content, { min: 1, max: CONTENT_MAXIMUM });
  return change(ctx, input.messageId, async (tx, message) => {
    if (message.senderId !== tx.me.userId) throw forbidden("Only its sender may edit a message.", "messageId");
    if (message.isDeleted || message.isRecalled) throw forbidden("The message was deleted.", "messageId");
    await demandWriter(tx, message.conversationId, "messageId");
    if (message.content === content) return null;
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

/**
 * Deletes a message: it stays in the log and says nothing any more. Deleting it again changes nothing.
 *
 * @throws NOT_FOUND, FORBIDDEN for those who neither sent it nor moderate there
 */
export async function remove(ctx: Context, input: { messageId: number }): Promise<Message> {
  return change(ctx, input.messageId, async (tx, message) => {
    if (message.type === MessageType.SYSTEM) throw forbidden("The server's own messages stay.", "messageId");
    if (message.senderId !== tx.me.userId && !(await mayModerate(tx, message.conversationId))) {
      throw forbidden("Only its sender or a moderator may delete a message.", "messageId");
    }
    return message.isDeleted ? null : { set: ", deleted_at = clock_timestamp()", parameters: [] };
  });
}

/** What a change sets in the message's row: `, column = $3 …`, or nothing. Its parameters are $3 and on. */
interface RowChange {
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
    if (changed === null) return message;
    const rows = await tx.sql<LogRow>(
      `with moved as (
         update conversations set position = position + 1, updated_at = clock_timestamp() where id = $1 returning position)
       update messages set position = (select position from moved), updated_at = clock_timestamp()${changed.set}
       where id = $2 returning ${LOG_COLUMNS}`,
      [conversationId, messageId, ...changed.parameters],
    );
    publishChanges(tx, conversationId, rows);
    return messageOf(rows[0] as LogRow);
  });
}

/** A message that the viewer may see. @throws UNAUTHENTICATED, whether it exists or not; NOT_FOUND naming `field` */
export async function visible(ctx: Context, messageId: number, field: string): Promise<Message> {
  if (ctx.viewer === null) throw unauthenticated();
  const message = await ctx.load(byId, messageId);
  if (message === null) throw notFound(field, "message");
  try {
    await visibleConversation(ctx, message.conversationId, field);
  } catch (error) {
    // A message of a conversation that one cannot see reads as one that does not exist.
    if (error instanceof Failure && error.code === "NOT_FOUND") throw notFound(field, "message");
    throw error;
  }
  return message;
}

/** As {@link visible}, and null for what the viewer may not see. */
export async function visibleOrNull(ctx: Context, messageId: number): Promise<Message | null> {
  try {
    return await visible(ctx, messageId, "id");
  } catch (error) {
    if (error instanceof Failure && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

function checkedLocation(type: MessageType, location: Location | null): Location | null {
  if ((type === MessageType.LOCATION) !== (location !== null)) {
    throw badInput("location", "A LOCATION message has a location, and no other message has one.");
  }
  if (location === null) return null;
  const { latitude, longitude, address } = location;
  if (!(Math.abs(latitude) <= 90)) throw badInput("latitude", "latitude must be between -90 and 90.", 90);
  if (!(Math.abs(longitude) <= 180)) throw badInput("longitude", "longitude must be between -180 and 180.", 180);
  return {
    latitude,
    longitude,
    address: address === null ? null : checkedText("address", address, { max: ADDRESS_MAXIMUM }),
  };
}

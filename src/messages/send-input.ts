import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { checkedText } from "../kernel/text.ts";
import { type Cargo, checkedCargo, demandFile } from "./carried-file.ts";
import { type Location, MessageType } from "./message.ts";
import type { Send } from "./send.ts";

/** Characters of a message, at the most. */
export const CONTENT_MAXIMUM = 5_000;
/**
 * Characters of an encrypted message, at the most: what {@link CONTENT_MAXIMUM} characters of any script, up to four bytes
 * each, become in base64, and some room for what a cipher adds.
 */
export const ENCRYPTED_CONTENT_MAXIMUM = 32_768;
/** Characters of a clientMessageId, at the most. */
export const CLIENT_MESSAGE_ID_MAXIMUM = 100;
/** Characters of a place in words, at the most. */
export const ADDRESS_MAXIMUM = 500;
/** What the clientMessageId of a message that was scheduled begins with: no client may give such a one. */
export const SCHEDULED_PREFIX = "scheduled:";

/** What a client says of a message that it sends. */
export interface SendInput extends Cargo {
  readonly conversationId: number;
  readonly type: MessageType;
  readonly content: string;
  readonly location?: Location | null;
  readonly replyToId?: number | null;
  readonly isEncrypted?: boolean;
  readonly clientMessageId?: string | null;
}

/** What a message says, all of it checked but who may write it. */
export type Told = Omit<Send, "senderId" | "clientMessageId" | "fingerprint" | "names">;

/** Checks what a client says of a message. @throws BAD_USER_INPUT */
export async function checkedInput(ctx: Context, input: SendInput): Promise<Told> {
  const { conversationId, type, replyToId = null, isEncrypted = false } = input;
  if (type === MessageType.SYSTEM) throw badInput("type", "SYSTEM messages are written by the server.");
  const location = checkedLocation(type, input.location ?? null);
  const { fileId, externalFile } = checkedCargo(input, type);
  const min = location === null && fileId === null && externalFile === null ? 1 : 0;
  const content = checkedContent(input.content, isEncrypted, min);
  if (input.fileId != null) await demandFile(ctx, input.fileId, type);
  return {
    conversationId,
    type,
    content,
    location,
    replyToId,
    isEncrypted,
    fileId,
    forwardedFromId: null,
    externalFile,
  };
}

/** Checks what a message says; it is kept as it is, byte for byte. @throws BAD_USER_INPUT */
export const checkedContent = (content: string, isEncrypted: boolean, min = 1): string =>
  checkedText("content", content, { min, max: isEncrypted ? ENCRYPTED_CONTENT_MAXIMUM : CONTENT_MAXIMUM });

/**
 * Checks the name that a client gives a message of its own.
 *
 * @param max characters, at the most: fewer where something is put behind it
 * @throws BAD_USER_INPUT
 */
export function checkedClientMessageId(id: string | null, max = CLIENT_MESSAGE_ID_MAXIMUM): string | null {
  if (id === null) return null;
  checkedText("clientMessageId", id, { min: 1, max });
  if (id.startsWith(SCHEDULED_PREFIX)) {
    throw badInput("clientMessageId", `clientMessageId must not begin with ${SCHEDULED_PREFIX}`);
  }
  return id;
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

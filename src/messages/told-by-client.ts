import { rowId } from "../kernel/ids.ts";
import type { LocationInput, SendMessageInput } from "./message.inputs.ts";
import type { Location } from "./message.ts";
import type { SendInput } from "./send-input.ts";

/** What a GraphQL client says of a message, as services take it. @throws BAD_USER_INPUT for ids that are none */
export const toldByClient = (input: SendMessageInput): SendInput => ({
  content: input.content,
  type: input.type,
  isEncrypted: input.isEncrypted,
  clientMessageId: input.clientMessageId ?? null,
  conversationId: rowId("conversation", input.conversationId, "conversationId"),
  replyToId: input.replyToId == null ? null : rowId("message", input.replyToId, "replyToId"),
  fileId: input.fileId == null ? null : rowId("file", input.fileId, "fileId"),
  location: input.location == null ? null : placeOf(input.location),
});

const placeOf = ({ latitude, longitude, address }: LocationInput): Location => ({
  latitude,
  longitude,
  address: address ?? null,
});

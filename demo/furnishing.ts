import type { Person } from "./people.ts";
import { landscape, portrait } from "./pictures.ts";
import { PLACES, type Place } from "./places.ts";
import { Refusal } from "./server.ts";

/** Where a picture hangs and a message is pinned: in rooms and groups. */
export const FURNISHED: readonly Place[] = PLACES.filter(({ kind }) => kind !== "DIRECT");
/** Between whom there was a call: the first pairs of neighbours, of whom nobody is in two. */
export const CALLED: readonly Place[] = PLACES.filter(({ kind }) => kind === "DIRECT").filter(
  (_, index) => index % 2 === 0 && index < 6,
);

const FACE = "query ($id: ID!) { user(id: $id) { avatarUrl } }";
const SET_FACE = "mutation ($file: Upload!) { uploadAvatar(file: $file) { user { id } } }";
const STANDING = `query ($id: ID!) { conversation(id: $id) {
  pinnedMessages { id } messages(last: 100) { nodes { id type clientMessageId } } } }`;
const UPLOAD = "mutation ($file: Upload!) { uploadFile(file: $file) { file { id } } }";
const SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }";
const PIN = "mutation ($input: PinMessageInput!) { pinMessage(input: $input) { message { id } } }";
const CALL = "mutation ($input: StartCallInput!) { startCall(input: $input) { call { id } } }";
const SIGNAL = "mutation ($input: SignalCallInput!) { signalCall(input: $input) { call { id } } }";

interface Message {
  readonly id: string;
  readonly type: string;
  readonly clientMessageId: string | null;
}

interface Standing {
  readonly conversation: {
    readonly pinnedMessages: readonly unknown[];
    readonly messages: { readonly nodes: readonly Message[] };
  };
}

/** Gives somebody a picture who has none. @returns whether they had none */
export async function portray(person: Person): Promise<boolean> {
  const { user } = await person.do<{ user: { avatarUrl: string | null } }>(FACE, { id: person.id });
  if (user.avatarUrl !== null) return false;
  await person.upload(SET_FACE, await portrait(person.username));
  return true;
}

/** Sends a picture to a place and has its owner pin it, where none was. @returns whether anything was to be done */
export async function furnish({ key }: Place, conversationId: string, owner: Person, guest: Person): Promise<boolean> {
  const { conversation } = await owner.do<Standing>(STANDING, { id: conversationId });
  if (conversation.pinnedMessages.length > 0) return false;
  const clientMessageId = `${key}:${conversationId}:picture`;
  const known = conversation.messages.nodes.find((message) => message.clientMessageId === clientMessageId);
  const messageId = known?.id ?? (await sendPicture({ conversationId, clientMessageId }, await landscape(key), guest));
  await owner.do(PIN, { input: { messageId } });
  return true;
}

async function sendPicture(to: object, picture: Buffer, sender: Person): Promise<string> {
  const { uploadFile } = await sender.upload<{ uploadFile: { file: { id: string } } }>(UPLOAD, picture);
  const input = { ...to, type: "IMAGE", content: "", fileId: uploadFile.file.id };
  return (await sender.do<{ sendMessage: { message: { id: string } } }>(SEND, { input })).sendMessage.message.id;
}

/** Has one call the other, who answers; both hang up. Where there was a call it stays at that. @returns whether there was none */
export async function call(conversationId: string, caller: Person, callee: Person): Promise<boolean> {
  const { conversation } = await caller.do<Standing>(STANDING, { id: conversationId });
  if (conversation.messages.nodes.some(({ type }) => type === "SYSTEM")) return false;
  try {
    const input = { conversationId, media: "VOICE" };
    const { startCall } = await caller.do<{ startCall: { call: { id: string } } }>(CALL, { input });
    for (const action of ["ACCEPT", "HANG_UP"]) {
      await callee.do(SIGNAL, { input: { callId: startCall.call.id, action } });
    }
  } catch (error) {
    // A demo that was ended amid it has left it ringing: it ends by itself.
    if (!(error instanceof Refusal) || error.code !== "CONFLICT") throw error;
  }
  return true;
}

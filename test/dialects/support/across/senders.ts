import { did } from "../../../support/messages.ts";
import type { Where } from "../../../support/people.ts";
import { numberOf } from "../../../support/presence.ts";
import { types } from "../../../support/typing-ear.ts";
import { done, rest } from "../rest.ts";
import { type DialectSocket, type Frame, roomSocket, userSocket } from "../socket.ts";
import type { AcrossScene, Kind } from "./scene.ts";

/** Ann, by one door. What a door has no way to do is left out. */
export interface Sender extends AsyncDisposable {
  /** @returns the message's id, as the door has it */
  says(words: string): Promise<string>;
  deletes?(id: string): Promise<void>;
  edits?(id: string, words: string): Promise<void>;
  /** Marks a message as read, by its number. */
  reads?(messageNumber: number): Promise<void>;
  types?(isTyping: boolean): Promise<void>;
  /** What a socket of hers was told of her own doing, which she knows: the types of those frames. */
  overheard?(): string[];
}

export interface SendingDoor {
  readonly name: string;
  readonly kinds: readonly Kind[];
  open(server: Where, scene: AcrossScene): Promise<Sender>;
}

const ROOMS: readonly Kind[] = ["the global room", "a public room"];
const DJANGO_CHAT: readonly Kind[] = [...ROOMS, "a group"];
const typesIn = (frames: readonly Frame[]): string[] => frames.map(({ type }) => type);
const nothing = async (): Promise<void> => {};

async function graphql(server: Where, { ann, conversationId }: AcrossScene): Promise<Sender> {
  const who = ann.at(server);
  return {
    says: async (content) => (await did(who, "sendMessage", { conversationId, content }, "message { id }")).message.id,
    deletes: (messageId) => did(who, "deleteMessage", { messageId }, "message { id }"),
    edits: (messageId, content) => did(who, "editMessage", { messageId, content }, "message { id }"),
    reads: (number) => did(who, "markRead", { conversationId, messageId: `msg_${number}` }, "__typename"),
    types: async (isTyping) => void (await types(who, conversationId, isTyping)),
    [Symbol.asyncDispose]: nothing,
  };
}

async function onlineChat(server: Where, { ann, slug }: AcrossScene): Promise<Sender> {
  const hers = rest(server, ann);
  return {
    says: async (content) =>
      (await done(hers.post(`/api/chat/send?room_id=${slug}`, { message_type: "text", content }))).id,
    deletes: (id) => done(hers.delete(`/api/chat/messages/${id}?room_id=${slug}`)),
    [Symbol.asyncDispose]: nothing,
  };
}

async function djangoChat(server: Where, { ann, number }: AcrossScene): Promise<Sender> {
  const hers = rest(server, ann);
  return {
    says: async (content) => (await done(hers.post(`/api/chat/rooms/${number}/messages/`, { content }))).id,
    deletes: (id) => done(hers.delete(`/api/chat/messages/${id}/delete/`)),
    reads: (id) => done(hers.post(`/api/chat/messages/${id}/read/`)),
    [Symbol.asyncDispose]: nothing,
  };
}

async function djangoChatSocket(server: Where, scene: AcrossScene): Promise<Sender> {
  const socket = await roomSocket(server, scene.ann, scene.number);
  return {
    async says(content) {
      socket.say({ type: "chat_message", content, message_type: "text" });
      return (await socket.hears("chat_message", ({ message }) => message.content === content)).message.id;
    },
    types: async (isTyping) => socket.say({ type: "typing", is_typing: isTyping }),
    // Of what she says she is told as well: by that she knows that it was taken.
    overheard: () =>
      typesIn(socket.heard.filter(({ type, user }) => type === "typing" && user.id === numberOf(scene.ann))),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
}

async function chat8(server: Where, { ann, bob }: AcrossScene): Promise<Sender> {
  const hers = rest(server, ann);
  const [from, to] = [numberOf(ann), numberOf(bob)];
  const socket: DialectSocket = await userSocket(server, ann);
  return {
    says: async (content) =>
      (await done(hers.post("/api/v1/messages", { receiver_id: to, content, message_type: "text" }))).data.id,
    deletes: (id) => done(hers.delete(`/api/v1/messages/${id}`)),
    reads: (id) => done(hers.put(`/api/v1/messages/${id}/read`)),
    types: async (isTyping) => socket.say({ type: "typing", to_user_id: to, is_typing: isTyping }),
    overheard: () => typesIn(socket.heard.filter(({ data }) => data?.sender_id === from || data?.user_id === from)),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
}

export const SENDERS: readonly SendingDoor[] = [
  { name: "GraphQL", kinds: [...DJANGO_CHAT, "a direct conversation"], open: graphql },
  { name: "online-chat", kinds: ROOMS, open: onlineChat },
  { name: "django-chat", kinds: DJANGO_CHAT, open: djangoChat },
  { name: "django-chat's socket", kinds: DJANGO_CHAT, open: djangoChatSocket },
  { name: "chat8", kinds: ["a direct conversation"], open: chat8 },
];

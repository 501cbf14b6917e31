import type { Opening, Sending } from "../load/dialogue.ts";
import { cut, HERE, WORDS } from "./graphql.ts";
import type { Person } from "./people.ts";

// What a client of each older protocol says.

const CONTENT = `#${HERE} ${WORDS}`;

/** A room's number as online-chat writes it. */
const roomId = (room: number): string => `room_${room.toString(16).padStart(8, "0")}`;

/** A client's endpoint and what it posts there. */
export interface Posting {
  readonly url: string;
  readonly sending: Sending;
}

/** Sends into a room by online-chat. */
export const onlineChatPosting = (server: string, room: number): Posting => ({
  url: `${server}/api/chat/send?room_id=${roomId(room)}`,
  sending: cut(JSON.stringify({ message_type: "text", content: CONTENT }), 1),
});

/** Sends into a room by django-chat. */
export const djangoChatPosting = (server: string, room: number): Posting => ({
  url: `${server}/api/chat/rooms/${room}/messages/`,
  sending: cut(JSON.stringify({ message_type: "text", content: CONTENT }), 1),
});

/** Sends to somebody by chat8. */
export const chat8Posting = (server: string, receiver: Person): Posting => ({
  url: `${server}/api/v1/messages`,
  sending: cut(JSON.stringify({ receiver_id: receiver.id, content: CONTENT, message_type: "text" }), 1),
});

export const onlineChatPage = (server: string, room: number): string =>
  `${server}/api/chat/messages?room_id=${roomId(room)}&limit=50`;

export const djangoChatPage = (server: string, room: number): string =>
  `${server}/api/chat/rooms/${room}/messages/?page=1&page_size=50`;

export const chat8Page = (server: string, other: Person): string => `${server}/api/v1/messages/${other.id}?limit=50`;

/** A socket that the server welcomes. */
const socket = (server: string, path: string, { token }: Person): Opening => ({
  url: `${server.replace("http", "ws")}${path}?token=${token}`,
  subprotocol: null,
  greeting: null,
  request: null,
});

/** A socket in a room of django-chat; its sender hears what it says itself. */
export const djangoChatSocket = (server: string, person: Person, room: number): Opening => ({
  ...socket(server, `/ws/chat/${room}/`, person),
  isWelcomed: true,
});

export const djangoChatSaying = (): Sending =>
  cut(JSON.stringify({ type: "chat_message", content: CONTENT, message_type: "text" }), 1);

/** A user's socket of chat8, which answers a ping when it stands. */
export const chat8Socket = (server: string, person: Person): Opening => ({
  ...socket(server, `/ws/${person.id}`, person),
  greeting: JSON.stringify({ type: "ping" }),
});

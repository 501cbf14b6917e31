import type { Opening, Sending } from "../load/dialogue.ts";
import type { Person } from "./people.ts";

// What a client of the product says over each door. Numbers of messages have a fixed width, so that all are equally long.

const SUBPROTOCOL = "graphql-transport-ws";

const MESSAGE_ADDED = `subscription MessageAdded($conversationId: ID!, $after: String) {
  messageAdded(conversationId: $conversationId, after: $after) { id seq content createdAt sender { id username displayName } }
}`;
const SEND_MESSAGE = `mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id seq createdAt } }
}`;
const HISTORY = `query History($id: ID!) {
  conversation(id: $id) { messages(last: 50) { edges { node { id seq content createdAt sender { id username displayName } } } } }
}`;
const CURSOR = `query Cursor($id: ID!) { conversation(id: $id) { cursor } }`;

/** What follows the number in a message: some 100 characters in all. */
export const WORDS = "a message as people write them, neither short nor long, with an end that comes about here.";

const globalConversation = (room: number): string => `conv_${room}`;

/** A connection of somebody who says who they are. */
export function connectionOf(server: string, { token }: Person): Opening {
  return {
    url: `${server.replace("http", "ws")}/graphql`,
    subprotocol: SUBPROTOCOL,
    greeting: JSON.stringify({ type: "connection_init", payload: { token } }),
    request: null,
  };
}

/** A connection that listens to a room for what comes after `cursor`. */
export function listenerOf(server: string, person: Person, room: number, cursor: string): Opening {
  const variables = { conversationId: globalConversation(room), after: cursor };
  const payload = { query: MESSAGE_ADDED, variables };
  return { ...connectionOf(server, person), request: JSON.stringify({ id: "1", type: "subscribe", payload }) };
}

/** sendMessage over WebSocket; it is answered by `next` and `complete`. */
export function sendingTo(room: number, key: string): Sending {
  return cut(JSON.stringify({ id: HERE, type: "subscribe", payload: sendMessage(room, key) }), 2);
}

/** sendMessage over HTTP. */
export function postingTo(room: number, key: string): Sending {
  return cut(JSON.stringify(sendMessage(room, key)), 1);
}

const SEND_SHOWN = `mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) { message {
    id type content createdAt replyTo { id } sender { id username } file { url name size } externalFile { url name size } } }
}`;
const HISTORY_SHOWN = `query History($id: ID!) {
  conversation(id: $id) { messages(last: 50) { nodes {
    id type content createdAt replyTo { id } sender { id username } file { url name size } externalFile { url name size } } } }
}`;

/** sendMessage over HTTP, answered with as much as the older protocols answer with. */
export function postingAll(conversation: number): Sending {
  const input = { conversationId: globalConversation(conversation), content: `#${HERE} ${WORDS}` };
  return cut(JSON.stringify({ query: SEND_SHOWN, variables: { input } }), 1);
}

/** A page of 50 with as much of each message as the older protocols show. */
export const pageOf = (conversation: number): string =>
  JSON.stringify({ query: HISTORY_SHOWN, variables: { id: globalConversation(conversation) } });

export const historyOf = (room: number): string =>
  JSON.stringify({ query: HISTORY, variables: { id: globalConversation(room) } });

export const cursorOf = (room: number): string =>
  JSON.stringify({ query: CURSOR, variables: { id: globalConversation(room) } });

/** Where the number of the message goes. */
export const HERE = "@number@";

function sendMessage(room: number, key: string) {
  const input = {
    conversationId: globalConversation(room),
    content: `#${HERE} ${WORDS}`,
    clientMessageId: `${key}-${HERE}`,
  };
  return { query: SEND_MESSAGE, variables: { input } };
}

/** @param answers frames that answer it */
export const cut = (text: string, answers: number): Sending => ({ parts: text.split(HERE), answers });

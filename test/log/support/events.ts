import { decodeCursor } from "../../../src/messages/cursor.ts";
import { rowId } from "../../../src/kernel/ids.ts";
import { SAID, type Said } from "./talk.ts";

/** An event of conversationEvents. */
export type LogEvent =
  | {
      readonly __typename: "MessageAdded";
      readonly cursor: string;
      readonly edge: { readonly cursor: string; readonly node: Said };
    }
  | { readonly __typename: "MessageUpdated"; readonly cursor: string; readonly message: Said }
  | { readonly __typename: "ResyncRequired"; readonly cursor: string };

export const EVENTS = `subscription ($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after) {
    __typename
    ... on MessageAdded { cursor edge { cursor node { ...Said } } }
    ... on MessageUpdated { cursor message { ...Said } }
    ... on ResyncRequired { cursor }
  }
} ${SAID}`;

export const ADDED = `subscription ($id: ID, $after: String) {
  messageAdded(conversationId: $id, after: $after) { ...Said }
} ${SAID}`;

export const UPDATED = `subscription ($id: ID) { messageUpdated(conversationId: $id) { ...Said } } ${SAID}`;

export const READ = `subscription ($id: ID) {
  messagesRead(conversationId: $id) { conversationId seq readAt user { username } }
}`;

/** What an event says in short: `+4 hello`, `~4 hello`, `!`. */
export function inShort(event: LogEvent): string {
  switch (event.__typename) {
    case "MessageAdded":
      return `+${event.edge.node.seq} ${event.edge.node.content}`;
    case "MessageUpdated":
      return `~${event.message.seq} ${event.message.content}`;
    case "ResyncRequired":
      return "!";
  }
}

/** The place in the log that a cursor stands for, which clients do not know. */
export const positionOf = (cursor: string, conversationId: string): number =>
  decodeCursor(cursor, rowId("conversation", conversationId, "conversationId"), "cursor").position;

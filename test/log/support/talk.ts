import { expect } from "vitest";

import type { Data, GraphqlAnswer, Variables } from "../../support/graphql-client.ts";
import type { Voice } from "../../support/rooms.ts";

/** A message as the tests look at it. */
export interface Said {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  readonly sender: { readonly username: string } | null;
  readonly reactions: readonly { readonly emoji: string; readonly count: number }[];
  readonly cursor: string;
}

export const SAID = `fragment Said on Message {
  id seq content isEdited isDeleted sender { username } reactions { emoji count } cursor
}`;

const VERBS = {
  sendMessage: "SendMessageInput",
  editMessage: "EditMessageInput",
  deleteMessage: "DeleteMessageInput",
  addReaction: "AddReactionInput",
  removeReaction: "RemoveReactionInput",
} as const;

/** What is done to messages, each answered with the message. */
export type MessageVerb = keyof typeof VERBS;

const documentOf = (verb: MessageVerb): string =>
  `mutation ($input: ${VERBS[verb]}!) { ${verb}(input: $input) { message { ...Said } } } ${SAID}`;

/** Asks for something, and answers with whatever comes. */
export const tries = (who: Voice, verb: MessageVerb, input: Variables): Promise<GraphqlAnswer> =>
  who.graphql(documentOf(verb), { input });

/** Does what must succeed. @returns the message */
export async function says(who: Voice, verb: MessageVerb, input: Variables): Promise<Said> {
  const { data, errors } = await tries(who, verb, input);
  expect(errors, verb).toBeUndefined();
  return data[verb].message as Said;
}

/** Sends what must be taken. */
export const send = (who: Voice, conversationId: string, content: string, more: Variables = {}): Promise<Said> =>
  says(who, "sendMessage", { conversationId, content, ...more });

/** A conversation's page of messages and where it stands, read at once. */
export interface Page {
  readonly id: string;
  readonly cursor: string;
  readonly lastSeq: number;
  readonly unreadCount: number;
  readonly messages: {
    readonly nodes: readonly Said[];
    readonly edges: readonly { readonly cursor: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

const PAGE = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    id cursor lastSeq unreadCount
    messages(first: $first, after: $after, last: $last, before: $before) {
      nodes { ...Said } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
} ${SAID}`;

/** Asks for a page, and answers with whatever comes. */
export const asksFor = (who: Voice, id: string, page: Variables = {}): Promise<GraphqlAnswer> =>
  who.graphql(PAGE, { id, ...page });

/** Reads a page that must be there. */
export async function reads(who: Voice, id: string, page: Variables = {}): Promise<Page> {
  const { data, errors } = await asksFor(who, id, page);
  expect(errors).toBeUndefined();
  return data.conversation as Page;
}

/** The whole history, page by page from the front. */
export async function history(who: Voice, id: string): Promise<Said[]> {
  const all: Said[] = [];
  for (let after: string | null = null; ;) {
    const { messages }: Page = await reads(who, id, { first: 100, after });
    all.push(...messages.nodes);
    if (!messages.pageInfo.hasNextPage) return all;
    after = messages.pageInfo.endCursor;
  }
}

/** The id of the room that everybody is in. */
export async function globalRoom(who: Voice): Promise<string> {
  const { data } = await who.graphql(`{ room(slug: "global") { id } }`);
  return String(data.room.id);
}

export const contents = (messages: readonly Said[]): string[] => messages.map(({ content }) => content);

/** Any other part of an answer that must succeed. */
export async function asks(who: Voice, query: string, variables: Variables = {}): Promise<Data> {
  const { data, errors } = await who.graphql(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

import { expect, vi } from "vitest";

import { rowId } from "../../src/kernel/ids.ts";
import type { GraphqlAnswer, Variables } from "./graphql-client.ts";
import { type Voice, does } from "./rooms.ts";
import type { TestServer } from "./server.ts";

const SEARCH = `query ($query: String!, $conversationId: ID, $senderId: ID, $from: DateTime, $to: DateTime, $first: Int, $after: String) {
  searchMessages(query: $query, conversationId: $conversationId, senderId: $senderId, from: $from, to: $to, first: $first, after: $after) {
    nodes { id content sender { username } conversation { id } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

/** Searches, and answers with whatever comes. */
export const search = (who: Voice, query: string, more: Variables = {}): Promise<GraphqlAnswer> =>
  who.graphql(SEARCH, { query, ...more });

/** What somebody finds, the newest first. */
export async function finds(who: Voice, query: string, more: Variables = {}): Promise<string[]> {
  const { data, errors } = await search(who, query, more);
  expect(errors, query).toBeUndefined();
  return data.searchMessages.nodes.map(({ content }: { content: string }) => content);
}

/** Waits until the index is up with the messages. */
export async function indexed({ services }: TestServer): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await services.database.pool.query<{ n: string }>("select count(*) as n from search_queue");
      expect(Number(rows[0]?.n)).toBe(0);
    },
    { timeout: 20_000 },
  );
}

/**
 * Makes everything said so far old: its ids are so far below the newest message's that a search finds it in the index
 * alone, once that is up with it.
 */
export async function timePasses(server: TestServer, who: Voice): Promise<void> {
  await server.services.database.pool.query("select setval('messages_id_seq', nextval('messages_id_seq') + 100000)");
  const { id } = (await does(who, "createGroup", { name: "Later", memberIds: [] })).group;
  await does(who, "sendMessage", { conversationId: id, content: "-" });
  await indexed(server);
}

/** The number of a row in the database, of its global id. */
export const numberOf = (type: "conversation" | "message" | "user", id: string): number => rowId(type, id, "id");

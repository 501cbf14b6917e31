import { demandInside, visible } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, Failure } from "../kernel/errors.ts";
import { type Connection, connection, pageRequest } from "../kernel/pages.ts";
import { checkedName } from "../kernel/text.ts";
import { Shares, Turns } from "../kernel/turns.ts";
import type { Message } from "../messages/message.ts";
import { byId } from "../messages/read.ts";

/** Characters of a search of messages, at the most. */
export const QUERY_MAXIMUM = 200;
/** Words of a search of messages, at the most; of Chinese, Japanese and the like, what stands together is one. */
export const TERMS_MAXIMUM = 10;
/** How long a search of messages may take. */
export const SEARCH_MAXIMUM_MS = 2_000;
/** Searches of messages that a node has under way at a time, so that other requests find a connection free. */
export const SEARCHES_AT_ONCE_MAXIMUM = 4;
/** Searches of messages that wait for that on a node, at the most. */
export const SEARCHES_WAITING_MAXIMUM = 100;
/** Searches of one person that are under way or wait at a node, at the most: the others find a turn too. */
export const SEARCHES_OF_ONE_MAXIMUM = 3;
/** How many of the newest messages of the server are read before the index is asked. */
const RECENT = 2_000;

const turns = new Turns(
  SEARCHES_AT_ONCE_MAXIMUM,
  SEARCHES_WAITING_MAXIMUM,
  "Too many people are searching at this moment.",
);
const shares = new Shares(SEARCHES_OF_ONE_MAXIMUM, "You are searching too much at a time.");

/** What is searched for, and where. */
export interface MessageSearchInput {
  readonly query: string;
  /** Only there; else in all conversations that the viewer is in. */
  readonly conversationId: number | null;
  readonly senderId: number | null;
  /** Sent at this time or later, and before that. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/**
 * Messages that hold all words of a query, the newest first. Only what the viewer may read is found, and neither what was
 * deleted or recalled, nor encrypted messages, nor the server's own.
 *
 * @throws BAD_USER_INPUT also for a search that takes too long; NOT_FOUND, FORBIDDEN as reading the conversation does;
 *   RATE_LIMITED where too many people search, or the viewer too much at a time
 */
export function searchMessages(ctx: Context, input: MessageSearchInput): Promise<Connection<Message>> {
  return shares.run(ctx.me.userId, () => searchInTurn(ctx, input));
}

async function searchInTurn(ctx: Context, input: MessageSearchInput): Promise<Connection<Message>> {
  const { senderId, from, to } = input;
  const request = pageRequest({ first: input.first, after: input.after }, ["number"]);
  if (from !== null && to !== null && from >= to) throw badInput("to", "to must be later than from.");
  const conversations = await searchedConversations(ctx, input.conversationId);
  const terms = await termsOf(ctx, input.query);
  const search = (): Promise<{ id: string | null }[]> =>
    ctx.sql<{ id: string | null }>("select id from search_messages($1, $2, $3, $4, $5, $6, $7, $8, $9) as found (id)", [
      conversations,
      terms,
      senderId,
      from,
      to,
      request.after === null ? null : Number(request.after[0]),
      request.size + 1,
      RECENT,
      SEARCH_MAXIMUM_MS,
    ]);
  // Who reads a snapshot holds a connection already, and must not wait with it for those who have none yet.
  const found = await (ctx.isInTransaction ? search() : turns.run(search));
  if (found[0]?.id === null) {
    throw new Failure(
      "BAD_USER_INPUT",
      "This search takes too long. Search in one conversation, in less time, or for a rarer word.",
      { field: "query", reason: "TOO_BROAD" },
    );
  }
  const messages = await Promise.all(found.map(({ id }) => ctx.load(byId, Number(id))));
  const kept = messages.filter((message) => message !== null && !message.isGone) as Message[];
  return connection(request, kept, ({ id }) => [id]);
}

async function searchedConversations(ctx: Context, conversationId: number | null): Promise<number[]> {
  const { userId } = ctx.me;
  if (conversationId !== null) {
    demandInside(await visible(ctx, conversationId, "conversationId"));
    return [conversationId];
  }
  const rows = await ctx.sql("select conversation_id as id from members where user_id = $1 and left_at is null", [
    userId,
  ]);
  return rows.map(({ id }) => Number(id));
}

/** The words of a query, in the form in which messages are compared with them. */
async function termsOf(ctx: Context, query: string): Promise<string[]> {
  const words = checkedName("query", query, { min: 1, max: QUERY_MAXIMUM });
  const [row] = await ctx.sql<{ terms: string[] }>("select search_terms($1) as terms", [words]);
  const terms = row?.terms ?? [];
  if (terms.length === 0) throw badInput("query", "query must hold a letter, a digit or an emoji.");
  if (terms.length > TERMS_MAXIMUM)
    throw badInput("query", `query may have at most ${TERMS_MAXIMUM} words.`, TERMS_MAXIMUM);
  return terms;
}

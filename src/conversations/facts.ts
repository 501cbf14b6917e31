import type { Context } from "../kernel/context.ts";
import type { ConversationKind } from "./conversation.ts";

/** What never changes of a conversation. */
export interface ConversationFacts {
  readonly id: number;
  readonly kind: ConversationKind;
  /** The two of a direct conversation, the smaller id first; null of rooms and groups. */
  readonly pair: readonly [number, number] | null;
}

/**
 * What never changes of each of these conversations, in the order of the ids, whoever asks; null for an unknown one. For
 * `ctx.load`. It is remembered, so it may be told of a room or group that was deleted: what is said by it is never that
 * the viewer can see the conversation.
 */
export async function factsOf(ctx: Context, ids: readonly number[]): Promise<(ConversationFacts | null)[]> {
  const { facts } = ctx.services.conversationMemory;
  const found = new Map<number, ConversationFacts>();
  for (const id of ids) {
    const remembered = facts.get(id);
    if (remembered !== undefined) found.set(id, remembered);
  }
  const unknown = ids.filter((id) => !found.has(id));
  if (unknown.length > 0) {
    const rows = await ctx.sql<{ id: string; kind: ConversationKind; direct_key: string | null }>(
      "select id, kind, direct_key from conversations where id = any ($1)",
      [unknown],
    );
    for (const row of rows) {
      const id = Number(row.id);
      const fact = { id, kind: row.kind, pair: row.direct_key === null ? null : pairOf(row.direct_key) };
      found.set(id, fact);
      facts.set(id, fact);
    }
  }
  return ids.map((id) => found.get(id) ?? null);
}

const pairOf = (directKey: string): [number, number] => directKey.split(":").map(Number) as [number, number];

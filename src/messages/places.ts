import type { Context } from "../kernel/context.ts";

/** A message by its place: its number in its conversation. */
export interface Place {
  readonly conversationId: number;
  readonly seq: number;
}

/**
 * The ids of the messages in these places, in their order; null where none is, or none is kept any more. For `ctx.load`, of
 * conversations that were themselves loaded through the viewer.
 */
export async function idsAt(ctx: Context, places: readonly Place[]): Promise<(number | null)[]> {
  const rows = await ctx.sql<{ ord: string; id: string }>(
    `select p.ord, m.id from unnest($1::bigint[], $2::bigint[]) with ordinality as p (conversation_id, seq, ord)
     join messages m on m.conversation_id = p.conversation_id and m.seq = p.seq`,
    [places.map(({ conversationId }) => conversationId), places.map(({ seq }) => seq)],
  );
  const found = new Map(rows.map(({ ord, id }) => [Number(ord), Number(id)]));
  return places.map((_, index) => found.get(index + 1) ?? null);
}

import { Field, ObjectType } from "type-graphql";

import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { type Connection, connection, connectionType, pageRequest, type PageRequest } from "../kernel/pages.ts";
import type { Message } from "./message.ts";

@ObjectType({ description: "Somebody has read a message." })
export class ReadReceipt {
  @Field(() => Date, { description: "When they first read up to the message, or wrote after it." })
  readAt!: Date;

  userId!: number;
}

/** ReadReceiptConnection and ReadReceiptEdge. */
export const ReadReceiptPage = connectionType(ReadReceipt, "ReadReceipt");

/**
 * Members of a conversation that has receipts, at the most: of a message that nobody has read yet, all of them are looked
 * at. In a larger one each member's lastReadSeq still tells.
 */
export const RECEIPTS_MEMBERS_MAXIMUM = 5_000;

/** A page of one message's receipts. */
interface ReceiptsKey {
  readonly message: Message;
  readonly request: PageRequest;
}

/**
 * Who of the members, its sender aside, has read a message, in the order in which their accounts were made. Whoever
 * came in after it was written has read nothing of it. Empty for those who read a room without being in it, and in a
 * conversation of more than {@link RECEIPTS_MEMBERS_MAXIMUM}.
 *
 * @throws BAD_USER_INPUT
 */
export async function receipts(
  ctx: Context,
  message: Message,
  page: { first?: number | null | undefined; after?: string | null | undefined },
): Promise<Connection<ReadReceipt>> {
  const request = pageRequest(page, ["number"]);
  return connection(request, await ctx.load(receiptPages, { message, request }), ({ userId }) => [userId]);
}

/**
 * Many messages' pages in one statement. A member's mark tells that they have read a message, their advances tell
 * when: the first that reached it. Of who was away and came back, only what they had read before they went counts.
 */
async function receiptPages(ctx: Context, keys: readonly ReceiptsKey[]): Promise<ReadReceipt[][]> {
  const rows = await ctx.sql<{ ord: string; user_id: string; read_at: string }>(
    `select k.ord, r.user_id, r.read_at
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) with ordinality
       as k (conversation_id, seq, added_position, sender_id, after, size, ord)
     join conversations c on c.id = k.conversation_id and c.member_count <= ${RECEIPTS_MEMBERS_MAXIMUM}
     join members v on v.conversation_id = k.conversation_id and v.user_id = $7 and v.left_at is null
     cross join lateral (
       select m.user_id, coalesce(a.read_at, m.last_read_at) as read_at
       from members m left join lateral (
         select read_at from read_advances
         where conversation_id = k.conversation_id and user_id = m.user_id and seq >= k.seq order by seq limit 1) a on true
       where m.conversation_id = k.conversation_id and m.user_id > k.after and m.user_id is distinct from k.sender_id
         and m.left_at is null and m.last_read_seq >= k.seq
         and coalesce(a.read_at, m.last_read_at) is not null
         and (m.joined_position < k.added_position or a.read_at < m.joined_at)
       order by m.user_id limit k.size + 1) r
     order by k.ord, r.user_id`,
    [
      keys.map(({ message }) => message.conversationId),
      keys.map(({ message }) => message.seq),
      keys.map(({ message }) => message.addedPosition),
      keys.map(({ message }) => message.senderId),
      keys.map(({ request }) => Number(request.after?.[0] ?? 0)),
      keys.map(({ request }) => request.size),
      ctx.me.userId,
    ],
  );
  const found = Map.groupBy(rows, ({ ord }) => Number(ord));
  return keys.map((_, place) =>
    (found.get(place + 1) ?? []).map((row) =>
      Object.assign(new ReadReceipt(), { userId: Number(row.user_id), readAt: time(row.read_at) }),
    ),
  );
}

import { CONVERSATION_COLUMNS, conversationFrom } from "../conversations/conversation-row.ts";
import type { Room } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { type Connection, connection, type PageArguments, type PageKey, pageRequest } from "../kernel/pages.ts";
import { checkedName, checkedText } from "../kernel/text.ts";

const SEARCH_MAXIMUM = 100;
/** A name in a cursor is one that was stored, in lower case, which may be longer; anything else was made up. */
const CURSOR_NAME_MAXIMUM = 400;

/**
 * PUBLIC rooms that the viewer is not banned from, and PRIVATE ones they are in, by name.
 *
 * @param search what name and slug hold, in any place: each word of it, case and accents ignored; at most 100 characters
 */
export async function list(
  ctx: Context,
  { search, ...page }: PageArguments & { search?: string | null | undefined },
): Promise<Connection<Room>> {
  const words = checkedName("search", search ?? "", { max: SEARCH_MAXIMUM });
  const request = pageRequest(page, ["string", "number"]);
  const order = request.fromEnd ? "desc" : "asc";
  const named =
    words === ""
      ? "$2 = ''"
      : "c.kind = 'ROOM' and search_suffixes(search_fold(c.name || ' ' || c.slug)) @@ search_name_query($2)";
  const part = `${named}
    and ($4::bigint is null or (lower(c.name), c.id) > ($3::text, $4))
    and ($6::bigint is null or (lower(c.name), c.id) < ($5::text, $6))
    order by lower(c.name) ${order}, c.id ${order} limit $7`;
  const rows = await ctx.sql<{ sort: string }>(
    `select ${CONVERSATION_COLUMNS}, lower(c.name) as sort from (
       (select c.* from conversations c where c.visibility = 'PUBLIC'
          and not exists (select 1 from members b where b.conversation_id = c.id and b.user_id = $1 and b.is_banned)
          and ${part})
       union all
       (select c.* from members m join conversations c on c.id = m.conversation_id
        where m.user_id = $1 and m.left_at is null and c.visibility = 'PRIVATE' and ${part})
     ) c order by lower(c.name) ${order}, c.id ${order} limit $7`,
    [
      ctx.me.userId,
      words,
      ...keyOrNulls(request.after, "after"),
      ...keyOrNulls(request.before, "before"),
      request.size + 1,
    ],
  );
  const sorts = new Map(rows.map((row) => [Number((row as { id?: unknown }).id), row.sort]));
  return connection(
    request,
    rows.map((row) => conversationFrom(row) as Room),
    ({ id }) => [sorts.get(id) ?? "", id],
  );
}

function keyOrNulls(key: PageKey | null, field: string): [string | null, number | null] {
  if (key === null) return [null, null];
  return [checkedText(field, String(key[0]), { max: CURSOR_NAME_MAXIMUM }), Number(key[1])];
}

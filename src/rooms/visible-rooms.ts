import { CONVERSATION_COLUMNS, conversationFrom } from "../conversations/conversation-row.ts";
import type { Group, Room } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { GLOBAL } from "./settings.ts";

/** Rooms and groups of a list that has no pages, in the older APIs, at the most. */
export const ROOMS_SHOWN = 500;

const BY_NAME = "order by lower(c.name), c.id limit $3";

/**
 * The rooms that the viewer may see, for lists that have no pages: PUBLIC ones they are not banned from, PRIVATE ones
 * they are in, and where it is asked for the groups they are in. The room that everyone is in comes first, the others by
 * name; {@link ROOMS_SHOWN} at the most.
 */
export async function visibleRooms(ctx: Context, { groups }: { readonly groups: boolean }): Promise<(Room | Group)[]> {
  const rows = await ctx.sql(
    `select ${CONVERSATION_COLUMNS} from (
       (select c.*, 0 as place from conversations c where lower(c.slug) = $4)
       union all
       (select c.*, 1 from conversations c where c.visibility = 'PUBLIC' and lower(c.slug) <> $4
          and not exists (select 1 from members b where b.conversation_id = c.id and b.user_id = $1 and b.is_banned)
        ${BY_NAME})
       union all
       (select c.*, 1 from members m join conversations c on c.id = m.conversation_id
        where m.user_id = $1 and m.left_at is null and (c.visibility = 'PRIVATE' or $2 and c.kind = 'GROUP')
        ${BY_NAME})
     ) c order by c.place, lower(c.name), c.id limit $3`,
    [ctx.me.userId, groups, ROOMS_SHOWN, GLOBAL],
  );
  return rows.map((row) => conversationFrom(row) as Room | Group);
}

import { MEMBER_COLUMNS, memberFrom } from "../conversations/member-row.ts";
import type { Member } from "../conversations/member.ts";
import type { Context } from "../kernel/context.ts";
import { may, standing } from "./permissions.ts";

/** Members of a list that has no pages, in the older APIs, at the most; and as many again who are banned. */
export const MEMBER_ROWS_SHOWN = 1_000;

/**
 * Who is in a conversation, by user id, {@link MEMBER_ROWS_SHOWN} at the most; whoever may ban people there sees among
 * them those who are banned, as many at the most.
 *
 * @throws NOT_FOUND where the conversation does not exist for the viewer
 */
export async function memberRows(ctx: Context, conversationId: number): Promise<Member[]> {
  const who = await standing(ctx, conversationId);
  const rows = await ctx.sql(
    `select ${MEMBER_COLUMNS} from (
       (select m.* from members m where m.conversation_id = $1 and m.left_at is null order by m.user_id limit $3)
       union all
       (select m.* from members m where $2 and m.conversation_id = $1 and m.is_banned order by m.user_id limit $3)
     ) m order by m.user_id`,
    [conversationId, may(who, "ban"), MEMBER_ROWS_SHOWN],
  );
  return rows.map(memberFrom);
}

import type { Context } from "../kernel/context.ts";
import { forbidden } from "../kernel/errors.ts";
import { type Connection, connection, type PageArguments, pageRequest } from "../kernel/pages.ts";
import { TIME_KEY, timePage } from "../kernel/time-page.ts";
import { CONVERSATION_COLUMNS, conversationFrom } from "./conversation-row.ts";
import { tellConcerned } from "./conversation-event.ts";
import type { Conversation, ConversationKind } from "./conversation.ts";
import type { Member } from "./member.ts";
import { setLevel } from "./memberships.ts";
import type { NotificationLevel } from "./notification-level.ts";
import { visible } from "./reach.ts";
import { UNREAD } from "./unread.ts";

/** Which of their conversations somebody asks for. */
export interface ConversationFilter {
  /** Those of one kind; all where it is not given. */
  readonly kind?: ConversationKind | null | undefined;
  /** Those with messages that the viewer has not read. */
  readonly unreadOnly?: boolean | null | undefined;
}

/** A conversation by id. @throws NOT_FOUND naming `id`, for strangers' conversations as for unknown ids */
export async function get(ctx: Context, id: number): Promise<Conversation> {
  return visible(ctx, id, "id");
}

/** The conversations that the viewer is in, those where something happened last first. */
export async function list(
  ctx: Context,
  filter: ConversationFilter,
  page: PageArguments,
): Promise<Connection<Conversation>> {
  const request = pageRequest(page, TIME_KEY);
  const given = [ctx.me.userId, filter.kind ?? null, filter.unreadOnly === true];
  const { end, parameters } = timePage(request, { time: "c.updated_at", id: "c.id" }, given);
  const rows = await ctx.sql(
    `select ${CONVERSATION_COLUMNS} from members m join conversations c on c.id = m.conversation_id
     where m.user_id = $1 and m.left_at is null and ($2::text is null or c.kind = $2)
       and (not $3::boolean or c.last_seq > m.last_read_seq and exists (
         select 1 from messages x where x.conversation_id = c.id and x.seq > m.last_read_seq and ${UNREAD}))
       and ${end}`,
    parameters,
  );
  return connection(request, rows.map(conversationFrom), ({ updatedAt, id }) => [updatedAt.getTime(), id]);
}

/**
 * Sets of what in a conversation the viewer wants to be notified; null leaves it to the conversation's size. Only their own connections hear of it.
 *
 * @throws NOT_FOUND, FORBIDDEN where they read a room without being in it
 */
export async function setNotificationLevel(
  ctx: Context,
  conversationId: number,
  level: NotificationLevel | null,
): Promise<Member> {
  const { userId } = ctx.me;
  const member = await setLevel(ctx, conversationId, level);
  if (member === null) {
    await visible(ctx, conversationId, "conversationId");
    throw forbidden("You are not in this room.", "conversationId");
  }
  tellConcerned(ctx, [userId], conversationId, "MEMBER_CHANGED", userId);
  return member;
}

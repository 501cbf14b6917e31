import { tellConcerned } from "../conversations/conversation-event.ts";
import { CONVERSATION_COLUMNS, conversationFrom } from "../conversations/conversation-row.ts";
import type { Conversation, ConversationKind, RoomVisibility } from "../conversations/conversation.ts";
import { appendNote } from "../conversations/log.ts";
import { enter } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { conflict } from "../kernel/errors.ts";
import { spendUnlessAdministrator } from "../users/daily-quota.ts";
import { nameOf } from "./change.ts";

/** Rooms and groups that somebody may make a day (UTC), who does not administer the server. */
export const CONVERSATIONS_A_DAY = 300;

/** A room or group to make; everything in it has been checked. */
export interface Plan {
  readonly kind: ConversationKind;
  readonly name: string;
  readonly description: string | null;
  readonly maxMembers: number;
  readonly slug: string | null;
  readonly visibility: RoomVisibility | null;
}

/**
 * Makes a room or group: the viewer owns it, the others are in it, its log begins with the fact, and everybody in it is told.
 *
 * @param others who is in it from the start, beside the viewer
 * @throws CONFLICT where the slug is taken, RATE_LIMITED after so many a day
 */
export function found(ctx: Context, plan: Plan, others: readonly number[]): Promise<Conversation> {
  const { userId } = ctx.me;
  return ctx.transaction(async (tx) => {
    await spendUnlessAdministrator(tx, "conversations", CONVERSATIONS_A_DAY);
    // Of two who want a slug at once, the second waits here for the first's commit.
    const [made] = await tx.sql<{ id: string }>(
      `insert into conversations (kind, name, description, max_members, slug, visibility, created_by_id)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id`,
      [plan.kind, plan.name, plan.description, plan.maxMembers, plan.slug, plan.visibility, userId],
    );
    if (made === undefined) throw conflict("slug", "There is a room with this slug.");
    const id = Number(made.id);
    await enter(tx, id, [userId, ...others]);
    await tx.sql("update members set role = 'OWNER' where conversation_id = $1 and user_id = $2", [id, userId]);
    const everybody = [userId, ...others];
    await appendNote(
      tx,
      id,
      { event: "created", actorId: userId, userIds: everybody },
      `${await nameOf(tx, userId)} created ${plan.name}.`,
    );
    tellConcerned(tx, everybody, id, "CREATED");
    const [row] = await tx.sql(`select ${CONVERSATION_COLUMNS} from conversations c where c.id = $1`, [id]);
    if (row === undefined) throw new Error("A conversation was gone in the transaction that made it.");
    return conversationFrom(row);
  });
}

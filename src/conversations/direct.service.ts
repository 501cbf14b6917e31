import { mayReach, unreachable } from "../friends/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { tellConcerned } from "./conversation-event.ts";
import { CONVERSATION_COLUMNS, conversationFrom } from "./conversation-row.ts";
import type { DirectConversation } from "./conversation.ts";
import { enter } from "./memberships.ts";

/**
 * The direct conversation with somebody: the same one every time, also where both open it at once. It is made at the
 * first call; one that is there already opens whatever the two think of each other by now, to be read.
 *
 * @throws BAD_USER_INPUT for oneself, NOT_FOUND for nobody, FORBIDDEN with the one refusal for who cannot be reached
 */
export async function open(ctx: Context, userId: number): Promise<DirectConversation> {
  const { userId: me } = ctx.me;
  if (userId === me) throw badInput("userId", "A direct conversation needs somebody else.");
  const key = keyOf(me, userId);
  const existing = await find(ctx, key);
  if (existing !== null) return existing;
  if ((await ctx.load(byIdsOrNull, userId)) === null) throw notFound("userId", "user");
  if (!(await mayReach(ctx, me, userId))) throw unreachable("userId");

  await ctx.transaction(async (tx) => {
    // Of two who open it at once the second waits here for the first's commit, and then finds it made.
    const [made] = await tx.sql<{ id: string }>(
      `insert into conversations (kind, direct_key) values ('DIRECT', $1)
       on conflict (direct_key) do nothing returning id`,
      [key],
    );
    if (made === undefined) return;
    await enter(tx, Number(made.id), [me, userId]);
    tellConcerned(tx, [me, userId], Number(made.id), "CREATED");
  });
  const opened = await find(ctx, key);
  if (opened === null) throw notFound("userId", "user");
  return opened;
}

/**
 * The direct conversation with somebody, where there is one already; null where the two never opened one, and for
 * oneself. Nothing is made.
 *
 * @throws NOT_FOUND naming `userId` for nobody
 */
export async function withUser(ctx: Context, userId: number): Promise<DirectConversation | null> {
  const existing = await find(ctx, keyOf(ctx.me.userId, userId));
  if (existing === null && (await ctx.load(byIdsOrNull, userId)) === null) throw notFound("userId", "user");
  return existing;
}

/**
 * The id of the direct conversation with somebody, opened if need be. It is remembered: who writes to the same person
 * again asks the database nothing. Whether they still may write is for the sending to say.
 *
 * @throws as {@link open}
 */
export async function idWith(ctx: Context, userId: number): Promise<number> {
  const { directIds } = ctx.services.conversationMemory;
  const key = keyOf(ctx.me.userId, userId);
  const remembered = directIds.get(key);
  if (remembered !== undefined) return remembered;
  const { id } = await open(ctx, userId);
  // A conversation that is opened in a transaction is there once it is committed.
  ctx.afterCommit(() => directIds.set(key, id));
  return id;
}

/**
 * As {@link idWith}, where there is one already; null where the two never opened one, and for oneself. Nothing is made.
 *
 * @throws NOT_FOUND naming `userId` for nobody
 */
export async function idWithIfAny(ctx: Context, userId: number): Promise<number | null> {
  const { directIds } = ctx.services.conversationMemory;
  const key = keyOf(ctx.me.userId, userId);
  const remembered = directIds.get(key);
  if (remembered !== undefined) return remembered;
  const existing = await withUser(ctx, userId);
  if (existing === null) return null;
  directIds.set(key, existing.id);
  return existing.id;
}

const keyOf = (one: number, other: number): string => `${Math.min(one, other)}:${Math.max(one, other)}`;

async function find(ctx: Context, key: string): Promise<DirectConversation | null> {
  const [row] = await ctx.sql(`select ${CONVERSATION_COLUMNS} from conversations c where c.direct_key = $1`, [key]);
  return row === undefined ? null : (conversationFrom(row) as DirectConversation);
}

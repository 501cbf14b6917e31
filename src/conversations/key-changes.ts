import type { Context } from "../kernel/context.ts";
import type { Jobs } from "../kernel/jobs.ts";
import { tellUsers } from "../realtime/events.ts";
import { byIdsOrNull } from "../users/user.service.ts";
import { appendNote } from "./log.ts";

/** Friends and direct peers who are told live of a changed key, at the most of each: those of the last conversations. */
export const KEY_PEERS_MAXIMUM = 1_000;
/** Direct conversations whose log tells of a changed key, at the most: those where something happened last. */
export const KEY_NOTES_MAXIMUM = 200;

/**
 * Tells of a public key that somebody has published: their friends and direct peers live, and where it took the place of
 * another one, the log of each direct conversation with somebody who has keys too. A reader who trusted the old key sees it there
 * for good. However often the job runs, a log tells of a version once.
 */
export async function keyChanged(ctx: Context, { userId }: Jobs["keyChanged"]): Promise<void> {
  await ctx.transaction(async (tx) => {
    tellUsers(tx, [userId, ...(await acquaintances(tx, userId))], { type: "keyChanged", userId });
    const isDue = "user_id = $1 and noted_version < version";
    const due = await tx.sql(`select 1 from user_keys where ${isDue}`, [userId]);
    if (due.length === 0) return;
    // Conversations are locked before anything else, as everywhere: whoever waits in another order may wait for ever.
    const conversationIds = await lockedDirects(tx, userId);
    const [noted] = await tx.sql<{ version: number }>(
      `update user_keys set noted_version = version where ${isDue} returning version`,
      [userId],
    );
    if (noted !== undefined) await noteIn(tx, conversationIds, userId, noted.version);
  });
}

async function noteIn(
  tx: Context,
  conversationIds: readonly number[],
  userId: number,
  keyVersion: number,
): Promise<void> {
  const user = await tx.load(byIdsOrNull, userId);
  const words = `${user?.displayName ?? "Somebody"} has a new key for encrypted messages.`;
  const note = { event: "keyChanged", actorId: userId, userIds: [], keyVersion } as const;
  for (const conversationId of conversationIds) await appendNote(tx, conversationId, note, words);
}

async function acquaintances(tx: Context, userId: number): Promise<number[]> {
  const rows = await tx.sql<{ user_id: string }>(
    `(select friend_id as user_id from friendships where user_id = $1 order by created_at desc limit $2)
     union
     (select o.user_id from members m
      join conversations c on c.id = m.conversation_id and c.kind = 'DIRECT'
      join members o on o.conversation_id = c.id and o.user_id <> $1
      where m.user_id = $1 and m.left_at is null order by c.updated_at desc limit $2)`,
    [userId, KEY_PEERS_MAXIMUM],
  );
  return rows.map((row) => Number(row.user_id));
}

/** The conversations whose logs are to tell of it, locked in the order of their ids, as the writer takes them. */
async function lockedDirects(tx: Context, userId: number): Promise<number[]> {
  const rows = await tx.sql<{ id: string }>(
    `select c.id from conversations c where c.id in (
       select c.id from members m
       join conversations c on c.id = m.conversation_id and c.kind = 'DIRECT'
       join members o on o.conversation_id = c.id and o.user_id <> $1
       join user_keys k on k.user_id = o.user_id
       where m.user_id = $1 and m.left_at is null order by c.updated_at desc limit $2)
     order by c.id for no key update`,
    [userId, KEY_NOTES_MAXIMUM],
  );
  return rows.map((row) => Number(row.id));
}

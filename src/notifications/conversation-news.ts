import { ALL_UP_TO_MEMBERS } from "../conversations/notification-level.ts";
import type { Context } from "../kernel/context.ts";
import { announce } from "./notify.ts";
import { NEW_COLUMNS } from "./notification-row.ts";

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** The log of a conversation has something to tell its readers. The trigger messages_notify queues it. */
    notifyMembers: { readonly conversationId: number };
  }
}

/** Messages of a log that are told by one transaction, at the most. */
const AT_ONCE = 1_000;

/**
 * Tells the readers of a conversation what its log has for them: who is told of what stands in the SQL function
 * notify_members. Where the log was told up to, and the notifications, are written in one transaction under a lock: each
 * message is told once, in the order of the log, however often and on however many nodes the job runs.
 */
export async function notifyMembers(ctx: Context, { conversationId }: { conversationId: number }): Promise<void> {
  while (await ctx.transaction((tx) => notifyNext(tx, conversationId)));
}

/** @returns whether the log goes on after what was told */
async function notifyNext(tx: Context, conversationId: number): Promise<boolean> {
  const rows = await tx.sql<{ more: boolean; id: string | null }>(
    `select f.more, ${NEW_COLUMNS} from notify_members($1, $2, $3) f, lateral (select (f.told).*) n`,
    [conversationId, AT_ONCE, ALL_UP_TO_MEMBERS],
  );
  await announce(
    tx,
    rows.filter(({ id }) => id !== null),
  );
  return rows.some(({ more }) => more);
}

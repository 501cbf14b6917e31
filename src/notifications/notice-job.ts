import type { Context } from "../kernel/context.ts";
import { queueJob } from "../kernel/jobs.ts";
import { type Notice, notify } from "./notify.ts";

/** Whom to notify: users by id, or everybody, or everybody of some roles. */
export type Audience = { readonly userIds: readonly number[] } | { readonly roles: readonly string[] | null };

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /**
     * Notifies many, some at a time. What lies below notifications/ queues it too, and needs to import nothing for it:
     * `queueJob(tx, "notify", { to: { userIds }, notice: { type: "CALL", actorId, conversationId, key: "call:7" } })`.
     */
    notify: {
      readonly to: Audience;
      readonly notice: Notice;
      /** The users up to this id were notified. */
      readonly after?: number;
    };
  }
}

/** Users notified by one transaction, at the most. */
const AT_ONCE = 1_000;

/** The next users are notified, and those after them queued, in one transaction; a repeat finds the notice's key. */
export async function notifyNext(
  ctx: Context,
  { to, notice, after = 0 }: { to: Audience; notice: Notice; after?: number },
): Promise<void> {
  await ctx.transaction(async (tx) => {
    const userIds = await next(tx, to, after);
    const last = userIds.at(-1);
    if (last === undefined) return;
    await notify(tx, userIds, notice);
    if (userIds.length === AT_ONCE) await queueJob(tx, "notify", { to, notice, after: last });
  });
}

/** The first users of an audience after an id, in the order of ids. Whose account is deactivated is not among them. */
async function next(tx: Context, to: Audience, after: number): Promise<number[]> {
  const [condition, list] = "userIds" in to ? ["u.id = any ($2)", to.userIds] : [ROLES, to.roles];
  const rows = await tx.sql<{ id: string }>(
    `select u.id from users u where u.id > $1 and u.deactivated_at is null and ${condition} order by u.id limit ${AT_ONCE}`,
    [after, list],
  );
  return rows.map(({ id }) => Number(id));
}

const ROLES = "($2::text[] is null or u.role = any ($2))";

import type { Context } from "../kernel/context.ts";
import { Failure } from "../kernel/errors.ts";
import { IN_USE } from "./use.ts";

/** Bytes, and files, of one user that nothing names yet: what a stranger can fill the disk with. */
export const UNUSED_BYTES_MAXIMUM = 209_715_200;
export const UNUSED_FILES_MAXIMUM = 500;
/** Bytes that one user may upload in 24 hours, used or not. */
export const DAILY_BYTES_MAXIMUM = 1_073_741_824;

/**
 * Demands that the viewer may add a file of so many bytes. In a transaction it holds until the commit: the user's other
 * uploads wait.
 *
 * @throws RATE_LIMITED
 */
export async function demandRoom(ctx: Context, bytes: number): Promise<void> {
  const [sum] = await ctx.sql<{ files: string; unused: string; today: string }>(
    `select count(*) filter (where unused) as files, coalesce(sum(size) filter (where unused), 0) as unused,
       coalesce(sum(size) filter (where created_at > now() - interval '1 day'), 0) as today
     from (select f.size, f.created_at, not ${IN_USE} as unused from files f
           where f.owner_id = $1 and f.created_at > now() - interval '2 days') mine`,
    [ctx.me.userId],
  );
  const { files, unused, today } = sum ?? { files: 0, unused: 0, today: 0 };
  if (Number(files) >= UNUSED_FILES_MAXIMUM) {
    throw refusal("UNUSED_FILES", UNUSED_FILES_MAXIMUM, `${UNUSED_FILES_MAXIMUM} of your files wait to be sent`);
  }
  if (Number(unused) + bytes > UNUSED_BYTES_MAXIMUM) {
    throw refusal("UNUSED_BYTES", UNUSED_BYTES_MAXIMUM, "Too many of your files wait to be sent");
  }
  if (Number(today) + bytes > DAILY_BYTES_MAXIMUM) {
    throw refusal("DAILY_BYTES", DAILY_BYTES_MAXIMUM, "You have uploaded too much in the last 24 hours");
  }
}

/** Lets the viewer's uploads end one after the other, until the commit. */
export async function lockQuota(tx: Context): Promise<void> {
  await tx.sql("select 1 from users where id = $1 for no key update", [tx.me.userId]);
}

const refusal = (reason: string, limit: number, why: string): Failure =>
  new Failure("RATE_LIMITED", `${why}: send or delete some, or try again later.`, { field: "file", reason, limit });

import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { CONNECTED } from "../presence/online.ts";
import type { PushHandling, PushTarget } from "./push-sender.ts";

/** What a push service answered that makes the job run again, later each time. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
}

/** What a browser's service worker is handed, as JSON. */
export interface Pushed {
  /** The notification; null of a call that rings, of which there is none. */
  readonly id: string | null;
  readonly type: string;
  readonly title: string;
  /** Never of an encrypted message. */
  readonly body: string;
  readonly count: number;
  readonly conversationId: string | null;
  /** Of a CALL: which one, the same while it rings and once it was missed. */
  readonly callId?: string;
  readonly media?: string;
  /** Of a call that rings, and of that alone. */
  readonly isRinging?: true;
}

/** The columns that {@link readerOf} and {@link deliver} read, of {@link TARGET_OF}. */
export const TARGET_COLUMNS =
  "p.id as subscription_id, p.endpoint, p.p256dh, p.auth, p.session_id, u.id as reader_id, u.role";

/** To join: a browser `p`, if it is this user's, they are not connected, and its login lasts. */
export const TARGET_OF = (userId: string, subscriptionId: string): string =>
  `push_subscriptions p on p.id = ${subscriptionId} and p.user_id = ${userId}
     and (p.expires_at is null or p.expires_at > now()) and not ${CONNECTED("p.user_id")}
   join users u on u.id = p.user_id
   join sessions s on s.id = p.session_id and s.revoked_at is null and s.expires_at > now()`;

/** Acts for whoever is to read the push. */
export const readerOf = (ctx: Context, row: Row): Context =>
  ctx.as({ userId: Number(row.reader_id), sessionId: String(row.session_id), role: String(row.role) });

/**
 * Has a push service take a push. A browser that it knows no more is forgotten.
 *
 * @returns in how many seconds the service wants to be asked again; null where that is done with
 * @throws where the service is out of order: the job is to run again, later each time
 */
export async function deliver(ctx: Context, row: Row, text: Pushed, handling: PushHandling): Promise<number | null> {
  const target = row as unknown as PushTarget;
  const outcome = await ctx.services.push.send(target, JSON.stringify(text), handling);
  switch (outcome.kind) {
    case "taken":
      return null;
    case "gone":
      await ctx.sql("delete from push_subscriptions where id = $1", [Number(row.subscription_id)]);
      return null;
    case "refused":
      ctx.log.warn({ reason: outcome.reason, host: new URL(target.endpoint).host }, "a push was refused");
      return null;
    case "later":
      if (outcome.seconds === null) throw new NotTaken("The push service is out of order.");
      return outcome.seconds;
  }
}

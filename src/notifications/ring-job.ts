import type { CallMedia } from "../calls/call.ts";
import { RING_SECONDS } from "../calls/start.service.ts";
import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { queueJob } from "../kernel/jobs.ts";
import { CONNECTED } from "../presence/online.ts";
import { deliver, type Pushed, readerOf, TARGET_COLUMNS, TARGET_OF } from "./push-delivery.ts";
import { addJobs, hasQuiet, PUSH_ATTEMPTS, type PushRow, QUIET_COLUMNS } from "./push-queue.ts";
import { excerpt, ringingTitle } from "./wording.ts";

interface Ringing {
  readonly callId: number;
  readonly subscriptionId: number;
}

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** A call has begun to ring: whoever is not connected hears it by push. calls/, which lies below, queues it. */
    callRings: { readonly callId: number };
    /** That a call rings is to be pushed to one browser. */
    pushRinging: Ringing;
  }
}

/** Seconds for which a call `c` rings still. */
const LEFT = `floor(extract(epoch from c.started_at + make_interval(secs => ${RING_SECONDS}) - clock_timestamp()))::int`;

/** Calls `c` that ring for a party `r`, who has not set the conversation to NONE. */
const RINGING = `calls c
  join call_parties r on r.call_id = c.id and r.state = 'RINGING'
  join members m on m.conversation_id = c.conversation_id and m.user_id = r.user_id and m.left_at is null
    and m.notification_level is distinct from 'NONE'`;
const GOES_ON = `c.state <> 'ENDED' and ${LEFT} > 0`;

/**
 * Queues the pushes that say of a call that it rings: to those for whom it does and who have a browser that takes them,
 * are not connected by any door, want calls pushed, and have no quiet hours at the time. Nothing of it is stored as a
 * notification: that is made where the call is missed, and its push replaces these.
 */
export async function callRings(ctx: Context, { callId }: { callId: number }): Promise<void> {
  const rows = await ctx.sql<PushRow>(
    `select p.id as subscription_id, ${QUIET_COLUMNS}
     from ${RINGING}
     join push_subscriptions p on p.user_id = r.user_id
     left join notification_settings s on s.user_id = r.user_id
     where c.id = $1 and ${GOES_ON} and not ${CONNECTED("r.user_id")}
       and coalesce(s.push, true) and 'CALL' <> all (coalesce(s.unpushed || s.off, '{}'))`,
    [callId],
  );
  const now = new Date();
  const due = rows.filter((row) => !hasQuiet(row, now)).map((row) => Number(row.subscription_id));
  const jobs = due.map((subscriptionId) => [ringKey(callId, subscriptionId), { callId, subscriptionId }] as const);
  await addJobs(ctx, "pushRinging", new Map(jobs));
}

/** A key of its own: one that comes late takes the place of no push that says that the call was missed. */
const ringKey = (callId: number, subscriptionId: number): string => `ring:${subscriptionId}:${callId}`;

/** Pushes to a browser that a call rings, unless it rings for its user no more, or they have come back. */
export async function pushRinging(ctx: Context, ringing: Ringing): Promise<void> {
  const { callId, subscriptionId } = ringing;
  const [row] = await ctx.sql(
    `select c.conversation_id, c.media, c.started_by_id, ${LEFT} as seconds_left, ${TARGET_COLUMNS}
     from ${RINGING} join ${TARGET_OF("r.user_id", "$2")}
     where c.id = $1 and ${GOES_ON}`,
    [callId, subscriptionId],
  );
  if (row === undefined) return;
  const secondsLeft = Number(row.seconds_left);
  const text: Pushed = {
    id: null,
    type: "CALL",
    title: excerpt(await ringingTitle(readerOf(ctx, row), callerOf(row), Number(row.conversation_id))),
    body: KINDS[row.media as CallMedia],
    count: 1,
    conversationId: globalId("conversation", Number(row.conversation_id)),
    callId: globalId("call", callId),
    media: row.media as CallMedia,
    isRinging: true,
  };
  const handling = { topic: globalId("call", callId), keptSeconds: secondsLeft, urgency: "high" } as const;
  const seconds = await deliver(ctx, row, text, handling);
  if (seconds === null || seconds >= secondsLeft) return;
  const at = new Date(Date.now() + seconds * 1_000);
  await queueJob(ctx, "pushRinging", ringing, { at, attempts: PUSH_ATTEMPTS });
}

const callerOf = ({ started_by_id: id }: Record<string, unknown>): number | null => (id === null ? null : Number(id));

const KINDS: Record<CallMedia, string> = { VOICE: "Voice call", VIDEO: "Video call" };

import { createECDH } from "node:crypto";

import type { Context } from "../kernel/context.ts";
import { badInput, notFound } from "../kernel/errors.ts";

/** Subscriptions of one user, at the most: with one more, the oldest goes. */
export const SUBSCRIPTIONS_MAXIMUM = 20;
/** Characters that are kept of a browser's name for itself, at the most. */
const USER_AGENT_MAXIMUM = 256;
/** The last moment that JavaScript knows; whatever is later does not come. */
const TIME_MAXIMUM = 8.64e15;

/** A browser's PushSubscription, as its toJSON() has it. */
export interface Registration {
  readonly endpoint: string;
  /** Milliseconds since 1970; null where it does not expire. */
  readonly expirationTime?: number | null | undefined;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/**
 * Registers a browser of the viewer's for pushes, for as long as the login lasts. Whoever registers an endpoint has it
 * from then on: one browser is used by one person at a time.
 *
 * @returns how many subscriptions the viewer has
 * @throws BAD_USER_INPUT naming endpoint, p256dh, auth or expirationTime
 */
export async function register(ctx: Context, { endpoint, expirationTime, keys }: Registration): Promise<number> {
  const { userId, sessionId } = ctx.me;
  ctx.services.push.demandReachable("endpoint", endpoint);
  demandKeys(keys);
  if (expirationTime != null && !(expirationTime > 0 && expirationTime <= TIME_MAXIMUM)) {
    throw badInput("expirationTime", "expirationTime must be milliseconds since 1970.");
  }
  return ctx.transaction(async (tx) => {
    // One after the other of one user's, so that the oldest are counted right.
    await tx.sql("select 1 from users where id = $1 for no key update", [userId]);
    await tx.sql(
      `insert into push_subscriptions (user_id, session_id, endpoint, p256dh, auth, user_agent, expires_at)
       values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000))
       on conflict (endpoint) do update set user_id = excluded.user_id, session_id = excluded.session_id,
         p256dh = excluded.p256dh, auth = excluded.auth, user_agent = excluded.user_agent,
         expires_at = excluded.expires_at, created_at = now()`,
      [
        userId,
        sessionId,
        endpoint,
        keys.p256dh,
        keys.auth,
        tx.origin.userAgent.slice(0, USER_AGENT_MAXIMUM),
        // PostgreSQL's years are shorter than JavaScript's.
        expirationTime == null || expirationTime > FAR_AWAY ? null : expirationTime,
      ],
    );
    const rows = await tx.sql<{ n: string }>(
      `with surplus as (
         delete from push_subscriptions where id in (
           select id from push_subscriptions where user_id = $1 order by created_at desc, id desc offset ${SUBSCRIPTIONS_MAXIMUM}))
       select least(count(*), ${SUBSCRIPTIONS_MAXIMUM}) as n from push_subscriptions where user_id = $1`,
      [userId],
    );
    return Number(rows[0]?.n);
  });
}

/** The year 9999. */
const FAR_AWAY = 253_402_300_799_999;

/** Takes a browser of the viewer's out. @throws NOT_FOUND where the endpoint is not registered by the viewer */
export async function unregister(ctx: Context, endpoint: string): Promise<void> {
  const rows = await ctx.sql("delete from push_subscriptions where endpoint = $1 and user_id = $2 returning id", [
    endpoint.replaceAll("\0", "").toWellFormed(),
    ctx.me.userId,
  ]);
  if (rows.length === 0) throw notFound("endpoint", "push subscription");
}

/** RFC 8291, 3.1: an uncompressed point of the curve P-256, and 16 random bytes. */
const P256DH = /^[A-Za-z0-9_-]{87}=?$/;
const AUTH = /^[A-Za-z0-9_-]{22}(==)?$/;

function demandKeys({ p256dh, auth }: Registration["keys"]): void {
  if (!AUTH.test(auth)) throw badInput("auth", "auth must be 16 bytes in base64url.");
  const refusal = badInput("p256dh", "p256dh must be a public key of the curve P-256 in base64url.");
  if (!P256DH.test(p256dh)) throw refusal;
  const curve = createECDH("prime256v1");
  curve.generateKeys();
  try {
    curve.computeSecret(Buffer.from(p256dh, "base64url"));
  } catch {
    throw refusal;
  }
}

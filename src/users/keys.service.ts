import type { Context } from "../kernel/context.ts";
import { badInput, conflict, Failure } from "../kernel/errors.ts";
import { queueJob } from "../kernel/jobs.ts";

/** Bytes (ASCII characters) of a public key, at the most. */
export const PUBLIC_KEY_MAXIMUM = 4_096;
/** Bytes (ASCII characters) of an encrypted private key, at the most. */
export const ENCRYPTED_PRIVATE_KEY_MAXIMUM = 16_384;
/** How often somebody may change their public key in an hour: peers are told of each change. */
export const KEY_CHANGES_AN_HOUR = 10;

/** What keys are written in: base64, PEM, JWK or whatever else clients agree on. */
const PRINTABLE = /^[\x20-\x7E\r\n\t]*$/;

declare module "../kernel/jobs.ts" {
  interface Jobs {
    /** Somebody has published another public key: their peers are told. */
    keyChanged: { readonly userId: number };
  }
}

/** The keys that somebody publishes. */
export interface NewKeys {
  readonly publicKey: string;
  /** Null where no copy is to be kept. */
  readonly encryptedPrivateKey: string | null;
  /** The version that is to be replaced, 0 for none; null where it does not matter. */
  readonly expectedVersion: number | null;
}

/** The key by which others encrypt for somebody. */
export interface PublicKey {
  readonly publicKey: string;
  /** 1, 2, 3 … */
  readonly version: number;
}

/**
 * Publishes the viewer's keys in place of those before. Another public key is another version, of which friends and
 * peers are told; the same one with its private key wrapped anew is not.
 *
 * @throws BAD_USER_INPUT naming what is no key or too long, CONFLICT where another version stands than was expected,
 *   RATE_LIMITED after {@link KEY_CHANGES_AN_HOUR} changes in an hour
 */
export async function publish(ctx: Context, keys: NewKeys): Promise<void> {
  const { userId } = ctx.me;
  const publicKey = checkedKey("publicKey", keys.publicKey, PUBLIC_KEY_MAXIMUM);
  const encryptedPrivateKey =
    keys.encryptedPrivateKey === null
      ? null
      : checkedKey("encryptedPrivateKey", keys.encryptedPrivateKey, ENCRYPTED_PRIVATE_KEY_MAXIMUM);
  await ctx.transaction(async (tx) => {
    await tx.sql("select 1 from users where id = $1 for no key update", [userId]);
    const [before] = await tx.sql<{ public_key: string; version: number; recent: number }>(
      `select public_key, version,
         case when hour_began_at > now() - interval '1 hour' then hour_changes else 0 end as recent
       from user_keys where user_id = $1`,
      [userId],
    );
    const version = before?.version ?? 0;
    if (keys.expectedVersion !== null && keys.expectedVersion !== version) {
      throw conflict("expectedVersion", `The version of your key is ${version}.`);
    }
    if (before?.public_key === publicKey) {
      await tx.sql("update user_keys set encrypted_private_key = $2 where user_id = $1", [userId, encryptedPrivateKey]);
      return;
    }
    if ((before?.recent ?? 0) >= KEY_CHANGES_AN_HOUR) {
      const message = `You may change your key at most ${KEY_CHANGES_AN_HOUR} times an hour.`;
      throw new Failure("RATE_LIMITED", message, { limit: KEY_CHANGES_AN_HOUR });
    }
    await tx.sql(
      `insert into user_keys as k (user_id, public_key, encrypted_private_key) values ($1, $2, $3)
       on conflict (user_id) do update set public_key = excluded.public_key,
         encrypted_private_key = excluded.encrypted_private_key, version = k.version + 1, published_at = now(),
         hour_began_at = case when k.hour_began_at > now() - interval '1 hour' then k.hour_began_at else now() end,
         hour_changes = case when k.hour_began_at > now() - interval '1 hour' then k.hour_changes + 1 else 1 end`,
      [userId, publicKey, encryptedPrivateKey],
    );
    await queueJob(tx, "keyChanged", { userId });
  });
}

/** The public keys of these users, in their order; null where none was published. For `ctx.load`. */
export async function publicKeys(ctx: Context, userIds: readonly number[]): Promise<(PublicKey | null)[]> {
  const rows = await ctx.sql<{ user_id: string; public_key: string; version: number }>(
    "select user_id, public_key, version from user_keys where user_id = any ($1)",
    [userIds],
  );
  const found = new Map(
    rows.map((row) => [Number(row.user_id), { publicKey: row.public_key, version: row.version }] as const),
  );
  return userIds.map((id) => found.get(id) ?? null);
}

/** The viewer's own private key as their client encrypted it. There is no way to ask for anybody else's. */
export async function ownPrivateKey(ctx: Context): Promise<string | null> {
  const [row] = await ctx.sql<{ encrypted_private_key: string | null }>(
    "select encrypted_private_key from user_keys where user_id = $1",
    [ctx.me.userId],
  );
  return row?.encrypted_private_key ?? null;
}

function checkedKey(field: string, text: string, most: number): string {
  if (text.length > most) throw badInput(field, `${field} may have at most ${most} characters.`, most);
  if (text.trim() === "") throw badInput(field, `${field} must not be empty.`, 1);
  if (!PRINTABLE.test(text)) throw badInput(field, `${field} may have printable ASCII characters only.`);
  return text;
}

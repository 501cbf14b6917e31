import { randomBytes } from "node:crypto";

import type { Context } from "../kernel/context.ts";
import { displayNameOf } from "./contact.ts";
import { USERNAME_MAXIMUM, usernameOf } from "./username.ts";

/** What a token of another issuer says of the person. */
export interface ForeignPerson {
  /** `issuer subject`: by which the person is known again. */
  readonly externalId: string;
  /** Words to make a user name of, the best ones first. */
  readonly names: readonly string[];
  /** The name to show, if it can be one. */
  readonly displayName: string | null;
}

/** Names that are tried: with a random ending each one is free but by a wonder. */
const TRIES = 5;
const ENDING_BYTES = 4;

/**
 * Finds the account of somebody whom another system sent here, or makes it at first sight.
 *
 * @returns the user's id
 */
export async function acquaint(ctx: Context, person: ForeignPerson): Promise<number> {
  const wish = person.names.map(usernameOf).find((name) => name !== null) ?? null;
  const before = await known(ctx, person.externalId);
  if (before !== null) return before;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const username = wish === null || tries > 0 ? withEnding(wish ?? "user") : wish;
    // The name may be somebody else's, or another request of the same person was faster: either way, look again.
    await ctx.sql(
      "insert into users (username, display_name, external_id) values ($1, $2, $3) on conflict do nothing",
      [username, displayNameOf(person.displayName ?? "") ?? username, person.externalId],
    );
    const id = await known(ctx, person.externalId);
    if (id !== null) return id;
  }
  throw new Error("No free user name was found for somebody whom another issuer vouches for.");
}

async function known(ctx: Context, externalId: string): Promise<number | null> {
  const [row] = await ctx.sql<{ id: string }>("select id from users where external_id = $1", [externalId]);
  return row === undefined ? null : Number(row.id);
}

function withEnding(name: string): string {
  const ending = `-${randomBytes(ENDING_BYTES).toString("hex")}`;
  return (
    Array.from(name)
      .slice(0, USERNAME_MAXIMUM - ending.length)
      .join("") + ending
  );
}

import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { time } from "../kernel/columns.ts";
import { notFound } from "../kernel/errors.ts";
import type { Connection, PageArguments } from "../kernel/pages.ts";
import { checkedName } from "../kernel/text.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { NAMED, pageOfPeople } from "../users/people.ts";
import type { UserRole } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { Account } from "./account.ts";

/** Characters that accounts are looked for by: as long as an e-mail address. */
export const ACCOUNT_SEARCH_MAXIMUM = 254;

/** Which accounts are asked for; what is left out is not asked. */
export interface AccountFilter {
  readonly role?: UserRole | null | undefined;
  readonly isDeactivated?: boolean | null | undefined;
  /** What user name and display name hold, as `users` looks for it, or an e-mail address, case ignored. */
  readonly search?: string | null | undefined;
}

/** Everybody's accounts, by user name. @throws FORBIDDEN for everybody but administrators */
export async function list(ctx: Context, asked: AccountFilter, page: PageArguments): Promise<Connection<Account>> {
  demandAdministrator(ctx);
  const conditions: string[] = [];
  const parameters: SqlParameter[] = [];
  if (asked.role != null) conditions.push(`u.role = $${parameters.push(asked.role)}`);
  if (asked.isDeactivated != null) conditions.push(`u.deactivated_at is ${asked.isDeactivated ? "not " : ""}null`);
  const words = checkedName("search", asked.search ?? "", { max: ACCOUNT_SEARCH_MAXIMUM });
  if (words !== "") {
    const text = `$${parameters.push(words)}`;
    conditions.push(`(${NAMED(text)} or lower(u.email) = lower(${text}))`);
  }
  const condition = conditions.length === 0 ? "true" : conditions.join(" and ");
  const { edges, pageInfo } = await pageOfPeople(ctx, page, condition, parameters);
  const accounts = edges.map(({ cursor, node }) => ({ cursor, node: new Account(node) }));
  return { edges: accounts, nodes: accounts.map(({ node }) => node), pageInfo };
}

/** One account. @throws FORBIDDEN, NOT_FOUND */
export async function get(ctx: Context, userId: number): Promise<Account> {
  demandAdministrator(ctx);
  const user = await ctx.load(users.byIdsOrNull, userId);
  if (user === null) throw notFound("userId", "user");
  return new Account(user);
}

/** How an account is used at present. */
export interface AccountUse {
  readonly sessions: number;
  /** When a token was last made for one of them; null where there is none. */
  readonly lastUsedAt: Date | null;
}

/** How each of these is used. For `ctx.load`. */
export async function uses(ctx: Context, userIds: readonly number[]): Promise<AccountUse[]> {
  const rows = await ctx.sql<{ user_id: string; sessions: string; last_used_at: string }>(
    `select user_id, count(*) as sessions, max(last_used_at) as last_used_at from sessions
     where user_id = any ($1) and revoked_at is null and expires_at > now() group by user_id`,
    [userIds],
  );
  const found = new Map(
    rows.map((row) => [Number(row.user_id), { sessions: Number(row.sessions), lastUsedAt: time(row.last_used_at) }]),
  );
  return userIds.map((id) => found.get(id) ?? { sessions: 0, lastUsedAt: null });
}

import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { unauthenticated } from "../kernel/errors.ts";
import {
  type Connection,
  PAGE_MAXIMUM,
  type PageArguments,
  type PageKey,
  connection,
  pageRequest,
} from "../kernel/pages.ts";
import { checkedName, checkedText } from "../kernel/text.ts";
import { DISPLAY_NAME_MAXIMUM, EMAIL_MAXIMUM } from "./contact.ts";
import { USER_COLUMNS, userFrom } from "./user-row.ts";
import type { User } from "./user.ts";
import { byIds } from "./user.service.ts";

/** A name in a cursor is one that was stored; whatever is longer was made up. */
const CURSOR_NAME_MAXIMUM = 255;

/** Whose accounts are in use. Those of others are loaded where something of theirs is shown, and found by nobody. */
export const IN_USE = "u.deactivated_at is null";

/**
 * The condition under which somebody's user name and display name hold every word of a text, in any place; case and accents
 * do not count.
 *
 * @param words the parameter that says the text: `$1`
 */
export const NAMED = (words: string): string =>
  `search_suffixes(search_fold(u.username || ' ' || u.display_name)) @@ search_name_query(${words})`;

/**
 * Everybody, or those whose names hold the words of `search`, as {@link NAMED} says.
 *
 * @param narrowing one more condition on `users u`, without parameters
 */
export async function search(
  ctx: Context,
  { search: words, ...page }: PageArguments & { search?: string | null | undefined },
  narrowing = "true",
): Promise<Connection<User>> {
  if (ctx.viewer === null) throw unauthenticated();
  const named = checkedName("search", words ?? "", { max: DISPLAY_NAME_MAXIMUM });
  if (named === "") return pageOfPeople(ctx, page, `${IN_USE} and ${narrowing}`, []);
  return pageOfPeople(ctx, page, `${NAMED("$1")} and ${IN_USE} and ${narrowing}`, [named]);
}

/**
 * People by their names, as {@link NAMED} says, or by exactly their e-mail address, case ignored; whose accounts are in
 * use, and not the viewer. By user name.
 *
 * @param limit 100 where it is more
 * @throws BAD_USER_INPUT naming `search` where there is no word in it, or more than fits into an address
 */
export async function find(ctx: Context, words: string, limit: number): Promise<User[]> {
  const { userId } = ctx.me;
  const sought = checkedName("search", words, { min: 1, max: EMAIL_MAXIMUM });
  const rows = await ctx.sql(
    `select ${USER_COLUMNS} from users u
     where (${NAMED("$1")} or lower(u.email) = lower($1)) and ${IN_USE} and u.id <> $2
     order by lower(u.username) limit $3`,
    [sought, userId, Math.min(Math.max(limit, 0), PAGE_MAXIMUM)],
  );
  return rows.map(userFrom);
}

/**
 * A page of the people for whom a condition holds, by user name, case ignored.
 *
 * @param condition SQL on `users u`, its parameters counted from $1
 */
export async function pageOfPeople(
  ctx: Context,
  page: PageArguments,
  condition: string,
  parameters: readonly SqlParameter[],
): Promise<Connection<User>> {
  const request = pageRequest(page, ["string"]);
  const [after, before, size] = [1, 2, 3].map((place) => `$${parameters.length + place}`);
  const rows = await ctx.sql<{ id: string; name: string }>(
    `select u.id, lower(u.username) as name from users u
     where (${condition}) and (${after}::text is null or lower(u.username) > ${after})
       and (${before}::text is null or lower(u.username) < ${before})
     order by lower(u.username) ${request.fromEnd ? "desc" : "asc"} limit ${size}`,
    [...parameters, nameIn(request.after, "after"), nameIn(request.before, "before"), request.size + 1],
  );
  const names = new Map(rows.map(({ id, name }) => [Number(id), name]));
  const found = await Promise.all([...names.keys()].map((id) => ctx.load(byIds, id)));
  return connection(request, found, ({ id }) => [names.get(id) ?? ""]);
}

function nameIn(key: PageKey | null, field: string): string | null {
  return key === null ? null : checkedText(field, String(key[0]), { max: CURSOR_NAME_MAXIMUM });
}

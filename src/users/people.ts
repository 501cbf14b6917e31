import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { unauthenticated } from "../kernel/errors.ts";
import { type Connection, type PageArguments, type PageKey, connection, pageRequest } from "../kernel/pages.ts";
import { checkedName, checkedText } from "../kernel/text.ts";
import { DISPLAY_NAME_MAXIMUM } from "./contact.ts";
import type { User } from "./user.ts";
import { byIds } from "./user.service.ts";

/** A name in a cursor is one that was stored; whatever is longer was made up. */
const CURSOR_NAME_MAXIMUM = 255;

/** Whose accounts are in use. Those of others are loaded where something of theirs is shown, and found by nobody. */
const IN_USE = "u.deactivated_at is null";

/**
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

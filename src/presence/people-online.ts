import type { Context } from "../kernel/context.ts";
import { unauthenticated } from "../kernel/errors.ts";
import type { Connection, PageArguments } from "../kernel/pages.ts";
import * as people from "../users/people.ts";
import type { User } from "../users/user.ts";
import { HERE } from "./online.ts";
import { BETWEEN } from "./presence.ts";

/** What to look for among people. */
export interface PeopleSearch extends PageArguments {
  readonly search?: string | null | undefined;
  /** True for those who are shown to the viewer as here, false for the others. */
  readonly online?: boolean | null | undefined;
}

/** Everybody, or those who are named so, or are shown to the viewer as here, or both. */
export function search(ctx: Context, { online, ...args }: PeopleSearch): Promise<Connection<User>> {
  if (ctx.viewer === null) throw unauthenticated();
  if (online == null) return people.search(ctx, args);
  // The viewer's id is a number of ours, taken from their token: no parameter has to be counted for it.
  const shown = shownAsHere(String(ctx.viewer.userId));
  return people.search(ctx, args, online ? shown : `not ${shown}`);
}

/**
 * The condition under which `users u` are shown to the viewer as here. What they chose is looked up row by row: a join
 * would read what everybody chose, to find twenty people.
 *
 * @param viewerId SQL: a parameter, or the number itself
 */
export const shownAsHere = (viewerId: string): string =>
  `(u.id in (select p.user_id from presence_sources p where ${HERE})
    and coalesce((select s.chosen from user_statuses s where s.user_id = u.id), 'ONLINE') <> 'OFFLINE'
    and not ${BETWEEN("u.id", viewerId)})`;

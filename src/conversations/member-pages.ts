import type { Context } from "../kernel/context.ts";
import { type Connection, connection, type PageArguments, pageRequest, type PageRequest } from "../kernel/pages.ts";
import { MEMBER_COLUMNS, memberFrom } from "./member-row.ts";
import type { Member, MemberRole } from "./member.ts";

/** Which rows of a conversation's members are asked for. */
export interface MemberFilter {
  readonly conversationId: number;
  /** Those of one role; null for all. */
  readonly role: MemberRole | null;
  /** Those who are banned, instead of those who are in it. */
  readonly banned: boolean;
}

interface MemberPage extends MemberFilter {
  readonly request: PageRequest;
}

/** A page of members, in the order in which their accounts were made. */
export async function memberPage(ctx: Context, filter: MemberFilter, args: PageArguments): Promise<Connection<Member>> {
  const request = pageRequest(args, ["number"]);
  const found = await ctx.load(memberPages, { ...filter, request });
  return connection(request, found, ({ userId }) => [userId]);
}

/** Many conversations' pages at once: one statement for those from the front, one for those from the end. */
async function memberPages(ctx: Context, pages: readonly MemberPage[]): Promise<Member[][]> {
  const found = new Map<MemberPage, Member[]>(pages.map((page) => [page, []]));
  for (const fromEnd of [false, true]) {
    const wanted = pages.filter(({ request }) => request.fromEnd === fromEnd);
    if (wanted.length === 0) continue;
    const rows = await ctx.sql(
      `select p.ord, ${MEMBER_COLUMNS}
       from unnest($1::bigint[], $2::text[], $3::boolean[], $4::int[], $5::bigint[], $6::bigint[]) with ordinality
         as p (conversation_id, role, banned, size, after, before, ord)
       cross join lateral (
         select * from members m where m.conversation_id = p.conversation_id
           and m.user_id > p.after and m.user_id < p.before and (p.role is null or m.role = p.role)
           and case when p.banned then m.is_banned else m.left_at is null end
         order by m.user_id ${fromEnd ? "desc" : "asc"} limit p.size + 1) m
       order by p.ord, m.user_id ${fromEnd ? "desc" : "asc"}`,
      [
        wanted.map(({ conversationId }) => conversationId),
        wanted.map(({ role }) => role),
        wanted.map(({ banned }) => String(banned)),
        wanted.map(({ request }) => request.size),
        wanted.map(({ request }) => numberOf(request.after, 0)),
        wanted.map(({ request }) => numberOf(request.before, Number.MAX_SAFE_INTEGER)),
      ],
    );
    for (const row of rows) {
      const page = wanted[Number(row.ord) - 1];
      if (page !== undefined) found.get(page)?.push(memberFrom(row));
    }
  }
  return pages.map((page) => found.get(page) ?? []);
}

const numberOf = (key: PageRequest["after"], otherwise: number): number => (key === null ? otherwise : Number(key[0]));

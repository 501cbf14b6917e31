import type { SqlParameter } from "./database.ts";
import type { PageKey, PageRequest } from "./pages.ts";

/** What a list is sorted by: a time, and an id where two times are the same. SQL of columns; an index has both. */
export interface SortedByTime {
  readonly time: string;
  readonly id: string;
  /** Else the newest is first. */
  readonly oldestFirst?: boolean;
}

/** The types of such a list's cursors, for pageRequest: milliseconds since 1970, and the id. */
export const TIME_KEY = ["number", "number"] as const;

/**
 * The end of a statement that finds a page of a list sorted by time, as `connection` takes it.
 *
 * @param given the parameters of the statement so far
 * @returns what stands behind the last `and`, ordering and limit included, and all parameters
 */
export function timePage(
  request: PageRequest,
  { time, id, oldestFirst = false }: SortedByTime,
  given: readonly SqlParameter[],
): { end: string; parameters: SqlParameter[] } {
  const place = given.length;
  const [beyond, short] = oldestFirst ? [">", "<"] : ["<", ">"];
  const order = oldestFirst === request.fromEnd ? "desc" : "asc";
  const bound = (at: number, comparison: string): string =>
    `($${at + 1}::bigint is null
       or (${time}, ${id}) ${comparison} (to_timestamp($${at}::float8 / 1000)::timestamptz(3), $${at + 1}::bigint))`;
  return {
    end: `${bound(place + 1, beyond)} and ${bound(place + 3, short)}
     order by ${time} ${order}, ${id} ${order} limit $${place + 5}`,
    parameters: [...given, ...momentOf(request.after), ...momentOf(request.before), request.size + 1],
  };
}

/** Milliseconds and id of a key. Nothing is older than 1970, and PostgreSQL's times end far beyond what a key can hold. */
function momentOf(key: PageKey | null): [number | null, number | null] {
  return key === null ? [null, null] : [Math.max(Number(key[0]), 0), Number(key[1])];
}

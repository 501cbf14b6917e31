import type { Context } from "../kernel/context.ts";
import type { Row, SqlParameter } from "../kernel/database.ts";
import { type Connection, type PageArguments, type PageKey, connection, pageRequest } from "../kernel/pages.ts";

/** A table that is read by time, the newest first; it has an index on the time and the id. */
export interface Timeline<T> {
  readonly table: string;
  readonly columns: string;
  /** The column by which it is sorted. */
  readonly time: string;
  readonly itemOf: (row: Row) => T;
  readonly timeOf: (item: T) => Date;
}

/** Which rows are asked for: SQL conditions, all of which must hold. What is null or undefined is not asked. */
export class Filter {
  readonly #conditions: string[] = [];
  readonly parameters: SqlParameter[] = [];

  /** @param condition SQL in which `?` stands for the value */
  where(condition: string, value: SqlParameter | undefined): this {
    if (value === null || value === undefined) return this;
    this.parameters.push(value);
    this.#conditions.push(condition.replace("?", `$${this.parameters.length}`));
    return this;
  }

  get sql(): string {
    return this.#conditions.length === 0 ? "true" : this.#conditions.join(" and ");
  }
}

/** A page of a timeline, the newest first. */
export async function pageOf<T extends { readonly id: number }>(
  ctx: Context,
  timeline: Timeline<T>,
  filter: Filter,
  page: PageArguments,
): Promise<Connection<T>> {
  const request = pageRequest(page, ["number", "number"]);
  const { table, columns, time, itemOf, timeOf } = timeline;
  const place = filter.parameters.length;
  const order = request.fromEnd ? "asc" : "desc";
  const moment = (at: number): string => `(to_timestamp($${at}::float8 / 1000)::timestamptz(3), $${at + 1}::bigint)`;
  const rows = await ctx.sql(
    `select ${columns} from ${table}
     where ${filter.sql}
       and ($${place + 2}::bigint is null or (${time}, id) < ${moment(place + 1)})
       and ($${place + 4}::bigint is null or (${time}, id) > ${moment(place + 3)})
     order by ${time} ${order}, id ${order} limit $${place + 5}`,
    [...filter.parameters, ...keyOrNulls(request.after), ...keyOrNulls(request.before), request.size + 1],
  );
  return connection(request, rows.map(itemOf), (item) => [timeOf(item).getTime(), item.id]);
}

/** Milliseconds and id of a key. Nothing in a timeline is older than 1970. */
function keyOrNulls(key: PageKey | null): [number | null, number | null] {
  return key === null ? [null, null] : [Math.max(Number(key[0]), 0), Number(key[1])];
}

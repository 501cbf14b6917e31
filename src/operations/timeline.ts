import type { Context } from "../kernel/context.ts";
import type { Row, SqlParameter } from "../kernel/database.ts";
import { type Connection, type PageArguments, connection, pageRequest } from "../kernel/pages.ts";
import { TIME_KEY, timePage } from "../kernel/time-page.ts";

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
  const request = pageRequest(page, TIME_KEY);
  const { table, columns, time, itemOf, timeOf } = timeline;
  const { end, parameters } = timePage(request, { time, id: "id" }, filter.parameters);
  const rows = await ctx.sql(`select ${columns} from ${table} where ${filter.sql} and ${end}`, parameters);
  return connection(request, rows.map(itemOf), (item) => [timeOf(item).getTime(), item.id]);
}

import { BigIntType, Type } from "@mikro-orm/core";

/** A bigint column as a number: ids and positions stay below 2^53. */
export const bigint = (): BigIntType<"number"> => new BigIntType("number");

/** An array of bigint keys as numbers. */
export class BigIntArray extends Type<number[], string | number[]> {
  override getColumnType(): string {
    return "bigint[]";
  }
  override convertToDatabaseValue(value: number[]): string {
    return `{${value.join(",")}}`;
  }
  override convertToJSValue(value: string | (number | string)[]): number[] {
    const items = typeof value === "string" ? value.slice(1, -1).split(",").filter(Boolean) : value;
    return items.map(Number);
  }
}

/** A time as PostgreSQL writes it (`2026-01-02 03:04:05.678+00`, any offset), as node-postgres hands it out here. */
export function time(value: unknown): Date {
  const text = String(value).replace(" ", "T");
  return new Date(/[+-]\d\d$/.test(text) ? `${text}:00` : text);
}

/** As {@link time}, where the column may be null. */
export const timeOrNull = (value: unknown): Date | null => (value === null ? null : time(value));

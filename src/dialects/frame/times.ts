/** Writes a moment as a protocol's clients read it. */
export type WriteTime = (at: Date) => string;

declare module "../../kernel/context.ts" {
  interface Services {
    /** Writes times for clients who expect none to say its zone, as LEGACY_TIME_ZONE has them. */
    wallClock: WriteTime;
  }
}

/** Characters of `2024-01-15T10:30:00`. */
const TO_THE_SECOND = 19;

/** A moment in UTC, to the second: `2024-01-01T12:00:00Z` (RFC 3339). */
export const utc: WriteTime = (at) => `${at.toISOString().slice(0, TO_THE_SECOND)}Z`;

/**
 * Writes what a clock on the wall shows, without saying where the wall is: `2024-01-15T10:30:00` (000…, 数据模型).
 *
 * @param timeZone by its IANA name
 */
export function wallClock(timeZone: string): WriteTime {
  if (timeZone === "UTC") return (at) => at.toISOString().slice(0, TO_THE_SECOND);
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  // Swedish writes a date and a time as ISO 8601 does, with a blank between them.
  return (at) => format.format(at).replace(" ", "T");
}

import { LRUCache } from "lru-cache";

import { badInput } from "../kernel/errors.ts";

/** Hours of each day in which nothing is pushed; over midnight where they end before they begin. */
export interface QuietHours {
  /** Minutes after midnight: the first quiet one, and the first that is not. */
  readonly from: number;
  readonly to: number;
  /** An IANA name: Europe/Berlin. */
  readonly timeZone: string;
}

/** Characters of a time zone's name, at the most. */
export const TIME_ZONE_MAXIMUM = 64;

/** Formatters take long to make; there are some 600 time zones, and each has several spellings. */
const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: 600 });

/** Whether a moment lies in the quiet hours, by the clock on the wall there: on days when it is set, too. */
export function isQuiet({ from, to, timeZone }: QuietHours, at: Date): boolean {
  const minute = minuteOfDay(at, timeZone);
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

function minuteOfDay(at: Date, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clocks.set(timeZone, clock);
  }
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return (parts.get("hour") ?? 0) * 60 + (parts.get("minute") ?? 0);
}

/**
 * Checks quiet hours that somebody asks for.
 *
 * @throws BAD_USER_INPUT naming start, end or timeZone
 */
export function checkedQuietHours(hours: { start: string; end: string; timeZone: string }): QuietHours {
  const from = minutesIn("start", hours.start);
  const to = minutesIn("end", hours.end);
  if (from === to) throw badInput("end", "end must be another time than start: to have none pushed at all, set push.");
  return { from, to, timeZone: checkedTimeZone(hours.timeZone) };
}

/** As they are shown: 22:00. */
export const timeOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

function minutesIn(field: string, text: string): number {
  const match = TIME.exec(text);
  if (match === null) throw badInput(field, `${field} must be a time from 00:00 to 23:59.`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/** Offsets such as +02:00 are no names of zones: they know nothing of summer. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

function checkedTimeZone(name: string): string {
  const refusal = badInput("timeZone", "timeZone must be the IANA name of a time zone: Europe/Berlin.");
  if (name.length > TIME_ZONE_MAXIMUM || !ZONE_NAME.test(name)) throw refusal;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name }).format();
    return name;
  } catch (error) {
    if (error instanceof RangeError) throw refusal;
    throw error;
  }
}

import { badInput } from "../kernel/errors.ts";

/** Days of a statistic, at the most. */
export const DAYS_MAXIMUM = 90;

/** When this day began, in UTC, as SQL. */
export const TODAY = "date_trunc('day', now(), 'UTC')";

/** @throws BAD_USER_INPUT naming `days` */
export function demandDays(days: number): void {
  if (days < 1 || days > DAYS_MAXIMUM) {
    throw badInput("days", `days must be between 1 and ${DAYS_MAXIMUM}.`, DAYS_MAXIMUM);
  }
}

import type { JobHandlers, Recurring } from "./kernel/jobs.ts";

/** How each kind of job is done; each slice puts its own here. */
export const JOB_HANDLERS: JobHandlers = {};

/** What is done by the clock. */
export const RECURRING: readonly Recurring[] = [];

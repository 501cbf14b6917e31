import { setTimeout as pause } from "node:timers/promises";

/** Pauses before something is tried again, in milliseconds: together what a restart of PostgreSQL takes. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600];

/**
 * SQLSTATEs of connections that were refused or lost (PostgreSQL, appendix A: classes 08 and 57P, 53300), and the
 * system's words for the same.
 */
const CODES = /^(?:08...|57P0\d|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/;
/** What node-postgres says of a lost connection, without a code. */
const WORDS =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** The database stayed away: what was to be read could not be, and nothing is wrong with it. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

/**
 * Reads until the database answers, lest an event be handed out without what was to be read of it.
 *
 * @param wasAway whether an answer says, without being thrown, that the database was away
 * @throws DatabaseAway after the last of the pauses, and at once whatever else is thrown
 */
export async function onceBack<T>(read: () => Promise<T>, wasAway: (answer: T) => boolean = () => false): Promise<T> {
  for (const milliseconds of PAUSES_MS) {
    try {
      const answer = await read();
      if (!wasAway(answer)) return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await pause(milliseconds);
  }
  throw new DatabaseAway("the database stayed away");
}

/** Whether an error says that the database could not be reached, and nothing else is wrong. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && typeof error.code === "string" && CODES.test(error.code)) || WORDS.test(error.message);
}

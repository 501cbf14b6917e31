import { pino } from "pino";

import { authenticate } from "../../src/auth/authenticate.ts";
import { Context, type Origin } from "../../src/kernel/context.ts";
import type { Row, SqlParameter } from "../../src/kernel/database.ts";
import { Failure } from "../../src/kernel/errors.ts";
import { rowId } from "../../src/kernel/ids.ts";
import type { Person } from "./people.ts";
import type { TestServer } from "./server.ts";

const ORIGIN: Origin = { requestId: "test", ip: "192.0.2.1", userAgent: "a test" };

/** A context that counts what is asked of the database by it, a transaction as one. */
export class CountingContext extends Context {
  asked = 0;

  override sql<R extends Row = Row>(text: string, parameters: readonly SqlParameter[] = []): Promise<R[]> {
    this.asked += 1;
    return super.sql<R>(text, parameters);
  }

  override transaction<T>(work: (tx: Context) => Promise<T>): Promise<T> {
    this.asked += 1;
    return super.transaction(work);
  }
}

/** What a verb that no door of a test has yet is called with, on behalf of somebody who is logged in. */
export async function contextOf(
  server: Pick<TestServer, "services">,
  who: Pick<Person, "accessToken">,
): Promise<CountingContext> {
  const { viewer } = await authenticate(server.services, who.accessToken, ORIGIN);
  return new CountingContext(server.services, ORIGIN, pino({ level: "silent" }), viewer);
}

/** The context of somebody by their id, as of a login that is none: for verbs that ask nothing of the login. */
export const contextAs = (
  { services }: Pick<TestServer, "services">,
  { id }: Pick<Person, "id">,
  role = "USER",
): CountingContext => {
  const viewer = { userId: rowId("user", id, "id"), sessionId: "", role };
  return new CountingContext(services, ORIGIN, pino({ level: "silent" }), viewer);
};

/** As {@link contextOf}, of several. */
export const contextsOf = <People extends readonly Pick<Person, "accessToken">[]>(
  server: Pick<TestServer, "services">,
  ...people: People
): Promise<{ [Index in keyof People]: CountingContext }> =>
  Promise.all(people.map((who) => contextOf(server, who))) as Promise<{ [Index in keyof People]: CountingContext }>;

/** How many statements something took. */
export async function statementsBy(ctx: CountingContext, work: () => Promise<unknown>): Promise<number> {
  const before = ctx.asked;
  await work();
  return ctx.asked - before;
}

/** Code and field of a verb's refusal, with the reason where it gives one; NONE where it did not refuse. */
export async function refusalOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "NONE";
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { field, reason } = error.detail;
    return [error.code, field, reason].filter((word) => word !== undefined).join(" ");
  }
}

import { pino } from "pino";

import { Context } from "../../src/kernel/context.ts";
import { Failure } from "../../src/kernel/errors.ts";
import { rowId } from "../../src/kernel/ids.ts";
import type { TestServer } from "./server.ts";

const ORIGIN = { requestId: "test", ip: "127.0.0.1", userAgent: "" };

/** Somebody's context, as a door makes it, for verbs that no door of this server's own calls. */
export function contextOf({ services }: Pick<TestServer, "services">, who: { id: string }, role = "USER"): Context {
  const viewer = { userId: rowId("user", who.id, "id"), sessionId: "", role };
  return new Context(services, ORIGIN, pino({ level: "fatal" }), viewer);
}

/** Code and field of the refusal of something that must not succeed. */
export async function refused(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.detail.field ?? ""}`.trim();
    throw error;
  }
  return "NONE";
}

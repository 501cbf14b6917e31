import { Context, type Origin, type Services, type Viewer } from "../kernel/context.ts";
import { acquaint } from "../users/acquaint.ts";
import type { Standing } from "./session-directory.ts";
import * as sessions from "./sessions.ts";
import { tokenDoesNotHold } from "./token-refusal.ts";
import type { VerifiedToken } from "./token-verifier.ts";

/** Who a token speaks for, and until when. */
export interface Authenticated {
  readonly viewer: Viewer;
  /** When the token's time is over: what was opened with it ends then. */
  readonly expiresAt: Date;
}

/**
 * Finds out who a token speaks for: every door's way in. Whoever opens something lasting with it, a socket, ends it at
 * `expiresAt` and when `services.sessions.onEnd(viewer.sessionId, …)` calls back.
 *
 * @param token the bare token, without `Bearer`
 * @throws UNAUTHENTICATED for one that does not hold; with the reason EXPIRED where only its time is over
 */
export async function authenticate(services: Services, token: string, origin: Origin): Promise<Authenticated> {
  const verified = await services.auth.verifier.verify(token);
  const standing = (await services.sessions.standing(verified.sessionId)) ?? (await admit(services, verified, origin));
  if (standing === null) throw tokenDoesNotHold();
  return {
    viewer: { userId: standing.userId, sessionId: verified.sessionId, role: standing.role },
    expiresAt: verified.expiresAt,
  };
}

/** The first sight of a token of another issuer, and perhaps of the person, begins a session. An ended one stays so. */
async function admit(services: Services, verified: VerifiedToken, origin: Origin): Promise<Standing | null> {
  const { person, sessionId, expiresAt } = verified;
  if (person === null) return null;
  const ctx = new Context(services, origin, services.auth.log, null);
  const userId = await acquaint(ctx, person);
  await ctx.transaction((tx) => sessions.beginAs(tx, userId, sessionId, expiresAt));
  return services.sessions.standing(sessionId);
}

import { type Authenticated, authenticate } from "../auth/authenticate.ts";
import type { Origin, Services } from "../kernel/context.ts";
import { unauthenticated } from "../kernel/errors.ts";

const BEARER = /^Bearer +([^ ]+)$/i;

/**
 * Finds out who asks, for both doors: `Authorization: Bearer …` over HTTP, the same in connectionParams over WebSocket.
 *
 * @param header the header's value, or undefined where none was sent
 * @returns null where no token was sent
 * @throws UNAUTHENTICATED for one that was sent and does not hold
 */
export async function authenticateHeader(
  services: Services,
  header: string | undefined,
  origin: Origin,
): Promise<Authenticated | null> {
  if (header === undefined) return null;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw unauthenticated("Authorization must be `Bearer` and a token.");
  return authenticate(services, token, origin);
}

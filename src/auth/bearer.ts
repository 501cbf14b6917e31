import { type Authenticated, authenticate } from "./authenticate.ts";
import type { Origin, Services } from "../kernel/context.ts";
import { unauthenticated } from "../kernel/errors.ts";

/** How a client says who it is. What is null or undefined was not sent; anything else must hold. */
export interface Credentials {
  /** `Bearer` and a token: the header, or the same in connectionParams. */
  readonly authorization?: unknown;
  /** The token alone, as connectionParams may have it. */
  readonly token?: unknown;
}

const BEARER = /^Bearer +([^ ]+)$/i;
/** No token is longer, in UTF-16 units; a header could not carry it. */
const TOKEN_MAXIMUM = 8_192;

/**
 * Finds out who asks, for every door.
 *
 * @returns null where no token was sent
 * @throws UNAUTHENTICATED for one that was sent and does not hold
 */
export async function authenticateBearer(
  services: Services,
  { authorization, token }: Credentials,
  origin: Origin,
): Promise<Authenticated | null> {
  if (authorization == null && token == null) return null;
  const bare = authorization == null ? token : bearerOf(authorization);
  if (typeof bare !== "string" || bare === "" || bare.length > TOKEN_MAXIMUM)
    throw unauthenticated("This is no token.");
  return authenticate(services, bare, origin);
}

function bearerOf(authorization: unknown): string {
  const token = typeof authorization === "string" ? BEARER.exec(authorization)?.[1] : undefined;
  if (token === undefined) throw unauthenticated("Authorization must be `Bearer` and a token.");
  return token;
}

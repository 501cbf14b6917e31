import { type KeyObject, createSecretKey, randomUUID } from "node:crypto";

import { type JWTPayload, SignJWT, jwtVerify } from "jose";

import { refusal, tokenDoesNotHold } from "./token-refusal.ts";

/** Who issues our tokens; a server that is told to trust this name as somebody else's would mix the two up. */
export const OWN_ISSUER = "parlance";
export const OWN_ALGORITHM = "HS256";

/** The header's `typ` keeps the two kinds apart (RFC 8725, 3.11): neither passes for the other. */
const ACCESS = "at+jwt";
const REFRESH = "rt+jwt";

/** How long a session lives that is not refreshed. */
export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** What an access token says, once its signature held. */
export interface AccessClaims {
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** What a refresh token says, once its signature held. */
export interface RefreshClaims {
  readonly sessionId: string;
  /** How many times the session had been refreshed when the token was made. */
  readonly generation: number;
}

/** Makes and reads this server's tokens. */
export class Tokens {
  readonly #key: KeyObject;

  /**
   * @param secret what the tokens are signed with
   * @param accessSeconds how long an access token holds
   */
  constructor(
    secret: string,
    readonly accessSeconds: number,
  ) {
    this.#key = createSecretKey(Buffer.from(secret));
  }

  /** A token to send with every request; another one at each call, also within a second. */
  access(userId: number, sessionId: string): Promise<string> {
    return this.#sign(ACCESS, { sub: String(userId), sid: sessionId, jti: randomUUID() }, this.accessSeconds);
  }

  /** A token that is good for one pair of new ones. */
  refresh(userId: number, sessionId: string, generation: number): Promise<string> {
    return this.#sign(REFRESH, { sub: String(userId), sid: sessionId, gen: generation }, REFRESH_LIFETIME_SECONDS);
  }

  /** @throws UNAUTHENTICATED, with the reason EXPIRED where only its time is over */
  async readAccess(token: string): Promise<AccessClaims> {
    const { sid, exp } = await this.#read(ACCESS, token);
    if (typeof sid !== "string" || exp === undefined) throw tokenDoesNotHold();
    return { sessionId: sid, expiresAt: new Date(exp * 1_000) };
  }

  /** @throws UNAUTHENTICATED, with the reason EXPIRED where only its time is over */
  async readRefresh(token: string): Promise<RefreshClaims> {
    const { sid, gen } = await this.#read(REFRESH, token);
    if (typeof sid !== "string" || typeof gen !== "number") throw tokenDoesNotHold();
    return { sessionId: sid, generation: gen };
  }

  #sign(typ: string, claims: JWTPayload, seconds: number): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: OWN_ALGORITHM, typ })
      .setIssuer(OWN_ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#key);
  }

  async #read(typ: string, token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [OWN_ALGORITHM],
        issuer: OWN_ISSUER,
        typ,
        requiredClaims: ["sub", "sid", "iat", "exp"],
      });
      return payload;
    } catch (error) {
      throw refusal(error);
    }
  }
}

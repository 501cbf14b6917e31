import { createHash } from "node:crypto";

import { type JWTPayload, createRemoteJWKSet, jwtVerify } from "jose";
import { stringify } from "uuid";

import type { ForeignPerson } from "../users/acquaint.ts";
import type { AccessClaims } from "./tokens.ts";
import { refusal, tokenDoesNotHold } from "./token-refusal.ts";

/** Signatures that need no shared secret: the issuer's public keys are all this server has of it. */
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** OpenID Connect Core, 2: a subject has at most 255 characters. */
const SUBJECT_MAXIMUM = 255;

export interface ForeignClaims extends AccessClaims {
  readonly person: ForeignPerson;
}

/** Reads tokens that another issuer signed, by the keys that it publishes. */
export class ForeignIssuer {
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  /**
   * @param issuer the `iss` of its tokens
   * @param jwksUrl where it publishes its keys (RFC 7517); fetched when needed, and kept for 10 minutes
   */
  constructor(
    private readonly issuer: string,
    jwksUrl: URL,
  ) {
    this.#keys = createRemoteJWKSet(jwksUrl);
  }

  /** @throws UNAUTHENTICATED, with the reason EXPIRED where only its time is over */
  async read(token: string): Promise<ForeignClaims> {
    const payload = await this.#verified(token);
    const { sub, exp } = payload;
    if (!isSubject(sub) || exp === undefined) throw tokenDoesNotHold();
    return {
      sessionId: sessionIdOf(token),
      expiresAt: new Date(exp * 1_000),
      person: {
        externalId: `${this.issuer} ${sub}`,
        names: [payload["preferred_username"], sub].filter((name) => typeof name === "string"),
        displayName: typeof payload["name"] === "string" ? payload["name"] : null,
      },
    };
  }

  async #verified(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        issuer: this.issuer,
        requiredClaims: ["sub", "exp"],
      });
      return payload;
    } catch (error) {
      throw refusal(error);
    }
  }
}

/** The type says that it is a string; the issuer need not know. */
const isSubject = (sub: unknown): sub is string =>
  typeof sub === "string" && sub !== "" && sub.length <= SUBJECT_MAXIMUM && !sub.includes("\0") && sub.isWellFormed();

/** Each token of another issuer is a login of its own; a UUIDv8 (RFC 9562, 5.8) of its SHA-256 finds it again. */
function sessionIdOf(token: string): string {
  const bytes = createHash("sha256").update(token).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return stringify(bytes);
}

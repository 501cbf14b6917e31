import { decodeProtectedHeader } from "jose";
import { LRUCache } from "lru-cache";

import type { ForeignPerson } from "../users/acquaint.ts";
import type { ForeignIssuer } from "./foreign-issuer.ts";
import { tokenDoesNotHold, tokenExpired } from "./token-refusal.ts";
import { type AccessClaims, OWN_ALGORITHM, type Tokens } from "./tokens.ts";

/** Characters of a token at the most; every server on the way would refuse such a header. */
const TOKEN_MAXIMUM = 8_192;
/** Characters of all remembered tokens together. */
const REMEMBERED = 16 * 1_024 * 1_024;

/** What a token says, whoever issued it. */
export interface VerifiedToken extends AccessClaims {
  /** Who it is, where another issuer says so. */
  readonly person: ForeignPerson | null;
}

/**
 * Tells whether a token's signature and time hold. A signature that held once is not checked again: that costs more
 * than all else that happens before a request is looked at. Only tokens that held are remembered.
 */
export class TokenVerifier {
  readonly #verified = new LRUCache<string, VerifiedToken>({
    maxSize: REMEMBERED,
    sizeCalculation: (_, token) => token.length,
  });

  constructor(
    private readonly tokens: Tokens,
    private readonly foreign: ForeignIssuer | null,
  ) {}

  /** @throws UNAUTHENTICATED, with the reason EXPIRED where only its time is over */
  async verify(token: string): Promise<VerifiedToken> {
    const known = this.#verified.get(token);
    if (known === undefined) return this.#read(token);
    if (known.expiresAt.getTime() > Date.now()) return known;
    this.#verified.delete(token);
    throw tokenExpired();
  }

  async #read(token: string): Promise<VerifiedToken> {
    if (token.length > TOKEN_MAXIMUM) throw tokenDoesNotHold();
    const verified =
      this.foreign === null || algorithmOf(token) === OWN_ALGORITHM
        ? { ...(await this.tokens.readAccess(token)), person: null }
        : await this.foreign.read(token);
    this.#verified.set(token, verified);
    return verified;
  }
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw tokenDoesNotHold();
  }
}

import type { Logger } from "pino";

import { ForeignIssuer } from "./foreign-issuer.ts";
import { Passwords } from "./passwords.ts";
import { TokenVerifier } from "./token-verifier.ts";
import { Tokens } from "./tokens.ts";

/** How people come in, as the configuration says. */
export interface AuthSettings {
  /** What access and refresh tokens are signed with. */
  readonly jwtSecret: string;
  /** How long an access token holds. */
  readonly accessTokenSeconds: number;
  /** Whether strangers may make accounts. */
  readonly openRegistration: boolean;
  /** Whose tokens are taken beside our own. */
  readonly foreignIssuer: { readonly issuer: string; readonly jwksUrl: string } | undefined;
}

declare module "../kernel/context.ts" {
  interface Services {
    auth: Auth;
  }
}

/** What the verbs of this folder work with, for the life of the process. */
export class Auth {
  readonly passwords = new Passwords();
  readonly tokens: Tokens;
  readonly verifier: TokenVerifier;
  readonly openRegistration: boolean;

  constructor(
    { jwtSecret, accessTokenSeconds, openRegistration, foreignIssuer }: AuthSettings,
    readonly log: Logger,
  ) {
    const foreign =
      foreignIssuer === undefined ? null : new ForeignIssuer(foreignIssuer.issuer, new URL(foreignIssuer.jwksUrl));
    this.tokens = new Tokens(jwtSecret, accessTokenSeconds);
    this.verifier = new TokenVerifier(this.tokens, foreign);
    this.openRegistration = openRegistration;
  }
}

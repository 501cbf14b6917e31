import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";

import { hash, verify } from "@node-rs/argon2";

import { checkedText } from "../kernel/text.ts";
import { Turns } from "../kernel/turns.ts";

export const PASSWORD_MINIMUM = 8;
export const PASSWORD_MAXIMUM = 128;

/** Argon2id with 19 MiB, 2 passes and 1 lane: OWASP Password Storage Cheat Sheet. 2 is the library's Algorithm.Argon2id. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** libuv has 4 threads, and files and names need one of them too. */
const AT_ONCE = Math.max(1, Math.min(availableParallelism(), 3));
/** At some 50 hashes a second and core, nobody waits for longer than a client does. */
const LINE = 500;

/** Hashes passwords, a few at a time: a flood of logins takes neither all threads nor all memory. */
export class Passwords {
  readonly #turns = new Turns(AT_ONCE, LINE, "Too many people are logging in at this moment.");
  #decoy: Promise<string> | undefined;

  /** @returns the hash to store, in PHC string form */
  hash(password: string): Promise<string> {
    return this.#turns.run(() => hash(normal(password), ARGON2ID));
  }

  /**
   * Whether the password is the one that was hashed. Where there is no hash the answer is no, and takes as long, so that
   * time does not tell which accounts there are.
   */
  async matches(stored: string | null, password: string): Promise<boolean> {
    this.#decoy ??= this.hash(randomBytes(32).toString("hex"));
    const decoy = await this.#decoy;
    const same = await this.#turns.run(() => verify(stored ?? decoy, normal(password)));
    return same && stored !== null;
  }
}

/** Checks a password that somebody wants to have from now on: 8-128 characters, whichever. */
export const newPassword = (field: string, password: string): string =>
  checkedText(field, password, { min: PASSWORD_MINIMUM, max: PASSWORD_MAXIMUM });

/** Checks a password that somebody claims to have: one that is too long was never taken, and is not worth hashing. */
export const claimedPassword = (field: string, password: string): string =>
  checkedText(field, password, { max: PASSWORD_MAXIMUM });

/** The same characters may come in other code points from another keyboard (NIST SP 800-63B, 5.1.1.2). */
const normal = (password: string): string => password.normalize("NFKC");

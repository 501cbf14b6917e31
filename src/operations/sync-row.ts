import { Failure, badInput } from "../kernel/errors.ts";
import { checkedText } from "../kernel/text.ts";
import { checkedWebAddress } from "../kernel/web-address.ts";
import { checkedDisplayName, checkedEmail, checkedPhone } from "../users/contact.ts";
import type { UserRole } from "../users/user.ts";
import { checkedUsername } from "../users/username.ts";

/** Characters of an external id, at the most. */
export const EXTERNAL_ID_MAXIMUM = 255;

/** Somebody as another system knows them. What is undefined stays as it is; a new account has none of it. */
export interface SyncWish {
  readonly externalId: string;
  /** Null as if left out. */
  readonly username?: string | null | undefined;
  /** Null as if left out. */
  readonly displayName?: string | null | undefined;
  /** Null removes it. */
  readonly email?: string | null | undefined;
  /** Null removes it. */
  readonly phone?: string | null | undefined;
  /** Null removes it. */
  readonly avatarUrl?: string | null | undefined;
  /** Null as if left out. */
  readonly role?: UserRole | null | undefined;
}

/** A wish whose every field holds, by itself. */
export interface SyncRow {
  /** Where it stands in the call. */
  readonly ord: number;
  readonly externalId: string;
  readonly username: string | undefined;
  readonly displayName: string | undefined;
  readonly email: string | null | undefined;
  readonly phone: string | null | undefined;
  readonly avatarUrl: string | null | undefined;
  readonly role: UserRole | undefined;
}

/** Checks a wish as registration checks its fields. @returns the row, or why it cannot be one */
export function checkedRow(wish: SyncWish, ord: number): SyncRow | Failure {
  try {
    const externalId = checkedText("externalId", wish.externalId, { min: 1, max: EXTERNAL_ID_MAXIMUM });
    if (externalId.trim() === "") throw badInput("externalId", "externalId must not be empty.");
    return {
      ord,
      externalId,
      username: given(wish.username, (text) => checkedUsername("username", text)),
      displayName: given(wish.displayName, (text) => checkedDisplayName("displayName", text)),
      email: orNull(wish.email, (text) => checkedEmail("email", text)),
      phone: orNull(wish.phone, (text) => checkedPhone("phone", text)),
      avatarUrl: orNull(wish.avatarUrl, (text) => checkedWebAddress("avatarUrl", text)),
      role: wish.role ?? undefined,
    };
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const given = <T>(value: T | null | undefined, check: (value: T) => T): T | undefined =>
  value == null ? undefined : check(value);
const orNull = <T>(value: T | null | undefined, check: (value: T) => T): T | null | undefined =>
  value == null ? value : check(value);

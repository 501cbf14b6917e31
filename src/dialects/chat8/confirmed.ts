import { badInput } from "../../kernel/errors.ts";

/** Demands that a password was typed the same twice. @throws BAD_USER_INPUT naming confirm_password */
export function demandSame(password: string, confirmation: string): void {
  if (password !== confirmation) {
    throw badInput("confirm_password", "confirm_password must be the same as the password.");
  }
}

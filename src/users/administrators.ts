import type { Context } from "../kernel/context.ts";
import { forbidden } from "../kernel/errors.ts";
import { UserRole } from "./user.ts";

const ADMIN: string = UserRole.ADMIN;

/** Whether the viewer administers the server. @throws UNAUTHENTICATED when nobody is logged in */
export const administers = (ctx: Context): boolean => ctx.me.role === ADMIN;

/** Every act that is the administrators' begins with it. @throws UNAUTHENTICATED, FORBIDDEN for everybody else */
export function demandAdministrator(ctx: Context): void {
  if (!administers(ctx)) throw forbidden("Only administrators of the server may do this.");
}

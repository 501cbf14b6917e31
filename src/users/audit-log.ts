import type { Context } from "../kernel/context.ts";
import type { AuditDetails } from "./audit-entry.ts";

/**
 * Writes an administrator's act into the audit log. Call it in the transaction that does it: what is not committed was
 * not done, and what was done stands in the log.
 *
 * @param action the mutation's name, by which door it may have come: setUserRole
 * @param target global id of what it was done to; null where it was no single thing
 * @param details JSON, and no secrets: whoever reads the log may know them
 */
export async function record(
  tx: Context,
  action: string,
  target: string | null,
  details: AuditDetails = {},
): Promise<void> {
  await tx.sql("insert into audit_log (actor_id, action, target, details, ip) values ($1, $2, $3, $4::jsonb, $5)", [
    tx.viewer?.userId ?? null,
    action,
    target,
    JSON.stringify(details),
    tx.origin.ip,
  ]);
}

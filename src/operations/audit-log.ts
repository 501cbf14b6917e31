import { time } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { type Connection, type PageArguments, connectionType } from "../kernel/pages.ts";
import { checkedText } from "../kernel/text.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { type AuditDetails, AuditEntry } from "../users/audit-entry.ts";
import { Filter, type Timeline, pageOf } from "./timeline.ts";

/** AuditEntryConnection and AuditEntryEdge. */
export const AuditPage = connectionType(AuditEntry, "AuditEntry");

/** Characters of an action or a target that is asked for: no entry has longer ones. */
const WORD_MAXIMUM = 64;

const AUDIT_LOG: Timeline<AuditEntry> = {
  table: "audit_log",
  columns: "id, actor_id, action, target, details, ip, at",
  time: "at",
  itemOf: entryOf,
  timeOf: ({ at }) => at,
};

/** Which acts are asked for; what is left out is not asked. */
export interface AuditFilter {
  readonly action?: string | null | undefined;
  readonly actorId?: number | null | undefined;
  /** A global id, of whatever type. */
  readonly targetId?: string | null | undefined;
  /** From this moment on. */
  readonly from?: Date | null | undefined;
  /** Before this moment. */
  readonly to?: Date | null | undefined;
}

/** What administrators did, the latest first. @throws FORBIDDEN for everybody but administrators */
export function list(ctx: Context, asked: AuditFilter, page: PageArguments): Promise<Connection<AuditEntry>> {
  demandAdministrator(ctx);
  const filter = new Filter()
    .where("action = ?", asked.action == null ? null : checkedText("action", asked.action, { max: WORD_MAXIMUM }))
    .where("actor_id = ?", asked.actorId)
    .where("target = ?", asked.targetId == null ? null : checkedText("targetId", asked.targetId, { max: WORD_MAXIMUM }))
    .where("at >= ?", asked.from)
    .where("at < ?", asked.to);
  return pageOf(ctx, AUDIT_LOG, filter, page);
}

function entryOf(row: Row): AuditEntry {
  return Object.assign(new AuditEntry(), {
    id: Number(row["id"]),
    actorId: row["actor_id"] === null ? null : Number(row["actor_id"]),
    action: row["action"] as string,
    target: row["target"] as string | null,
    details: row["details"] as AuditDetails,
    ip: row["ip"] as string,
    at: time(row["at"]),
  });
}

import { randomBytes } from "node:crypto";

import { reachable, visible } from "../conversations/reach.ts";
import { time, timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import { isDatabaseError, type Row } from "../kernel/database.ts";
import { conflict, Failure, notFound } from "../kernel/errors.ts";
import { globalId } from "../kernel/ids.ts";
import { queueJob } from "../kernel/jobs.ts";
import { type Connection, connection, connectionType, type PageArguments, pageRequest } from "../kernel/pages.ts";
import { demand, may, standing } from "../rooms/permissions.ts";
import { administers, demandAdministrator } from "../users/administrators.ts";
import { record } from "../users/audit-log.ts";
import * as users from "../users/user.service.ts";
import { Export, ExportKind, type ExportState } from "./export.ts";
import type { ExportSubject } from "./export-lines.ts";

/** ExportConnection and ExportEdge. */
export const ExportPage = connectionType(Export, "Export");

/** Exports that one user asks for within a day, at the most. */
export const EXPORTS_A_DAY = 10;
/** How often an export is begun, at the most. */
export const EXPORT_TRIES = 5;

const TOKEN_BYTES = 24;
const COLUMNS =
  "id, kind, state, requested_by_id, user_id, conversation_id, is_compressed, records, tries, size, token, created_at, " +
  "finished_at, expires_at";

/** Asks for everything that the server holds of the viewer. @throws CONFLICT, RATE_LIMITED as {@link ask} */
export const exportMyData = (ctx: Context, isCompressed: boolean): Promise<Export> =>
  ctx.transaction((tx) => ask(tx, { kind: ExportKind.USER, id: tx.me.userId }, isCompressed));

/** Asks for everything that the server holds of somebody. @throws FORBIDDEN, NOT_FOUND, CONFLICT, RATE_LIMITED */
export async function exportUserData(ctx: Context, userId: number, isCompressed: boolean): Promise<Export> {
  demandAdministrator(ctx);
  const user = await ctx.load(users.byIdsOrNull, userId);
  if (user === null) throw notFound("userId", "user");
  return ctx.transaction(async (tx) => {
    await record(tx, "exportUserData", user.nodeId);
    return ask(tx, { kind: ExportKind.USER, id: userId }, isCompressed);
  });
}

/**
 * Asks for all of a conversation: its owner may, an administrator in any room, and of a direct conversation either of
 * the two.
 *
 * @throws FORBIDDEN, NOT_FOUND, CONFLICT, RATE_LIMITED
 */
export async function exportConversation(ctx: Context, conversationId: number, isCompressed: boolean): Promise<Export> {
  await visible(ctx, conversationId, "conversationId");
  const who = await standing(ctx, conversationId);
  demand(who, "export");
  return ctx.transaction(async (tx) => {
    if (who.rank === "SERVER") await record(tx, "exportConversation", globalId("conversation", conversationId));
    return ask(tx, { kind: ExportKind.CONVERSATION, id: conversationId }, isCompressed);
  });
}

/**
 * Whether whoever asked for an export would be given it still: its job may run long after, and begin anew. An account that
 * is closed is given nothing.
 */
export async function isStillTheirs(ctx: Context, asked: Export): Promise<boolean> {
  const { requestedById, userId, conversationId } = asked;
  const user = await ctx.load(users.byIdsOrNull, requestedById);
  if (user === null || user.isDeactivated) return false;
  const them = ctx.as({ userId: user.id, sessionId: "", role: user.role });
  if (conversationId === null) return userId === user.id || administers(them);
  const seen = await them.load(reachable, conversationId);
  return seen !== null && may(await standing(them, conversationId), "export");
}

/** The viewer's own exports, the latest first. */
export async function list(ctx: Context, page: PageArguments): Promise<Connection<Export>> {
  const request = pageRequest(page, ["number"]);
  const order = request.fromEnd ? "asc" : "desc";
  const rows = await ctx.sql(
    `select ${COLUMNS} from exports where requested_by_id = $1 and id < $2 and id > $3 order by id ${order} limit $4`,
    [ctx.me.userId, request.after?.[0] ?? Number.MAX_SAFE_INTEGER, request.before?.[0] ?? 0, request.size + 1],
  );
  return connection(request, rows.map(exportFrom), ({ id }) => [id]);
}

/** Those of these exports that the viewer asked for, in the order of the ids, null for the others. */
export async function ownByIds(ctx: Context, ids: readonly number[]): Promise<(Export | null)[]> {
  const rows = await ctx.sql(`select ${COLUMNS} from exports where id = any ($1) and requested_by_id = $2`, [
    ids,
    ctx.me.userId,
  ]);
  const found = new Map(rows.map((row) => [Number(row.id), exportFrom(row)]));
  return ids.map((id) => found.get(id) ?? null);
}

/** An export by whose token somebody came; null for a wrong one, and for one that is not READY, or no more. */
export async function byToken(ctx: Context, token: string): Promise<Export | null> {
  if (token.includes("\0") || !token.isWellFormed()) return null;
  const [row] = await ctx.sql(
    `select ${COLUMNS} from exports where token = $1 and state = 'READY' and expires_at > now()`,
    [token],
  );
  return row === undefined ? null : exportFrom(row);
}

/** Queues an export. @throws CONFLICT while another one of the viewer's is under way, RATE_LIMITED */
async function ask(tx: Context, { kind, id }: ExportSubject, isCompressed: boolean): Promise<Export> {
  const { userId } = tx.me;
  const [today] = await tx.sql<{ n: string }>(
    "select count(*) as n from exports where requested_by_id = $1 and created_at > now() - interval '1 day'",
    [userId],
  );
  if (Number(today?.n) >= EXPORTS_A_DAY) {
    throw new Failure("RATE_LIMITED", `At most ${EXPORTS_A_DAY} exports a day.`, { limit: EXPORTS_A_DAY });
  }
  const subject = kind === ExportKind.USER ? [id, null] : [null, id];
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const [row] = await refusingSecond(() =>
    tx.sql(
      `insert into exports (kind, requested_by_id, user_id, conversation_id, is_compressed, token)
       values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
      [kind, userId, ...subject, isCompressed, token],
    ),
  );
  const asked = exportFrom(row as Row);
  await queueJob(tx, "export", { exportId: asked.id }, { attempts: EXPORT_TRIES });
  return asked;
}

async function refusingSecond<T>(insert: () => Promise<T>): Promise<T> {
  try {
    return await insert();
  } catch (error) {
    if (isDatabaseError(error) && error.constraint === "exports_running_key") {
      throw conflict("input", "An export of yours is under way: wait for it.");
    }
    throw error;
  }
}

/** An export as a statement brought it. */
export function exportFrom(row: Row): Export {
  return Object.assign(new Export(), {
    id: Number(row["id"]),
    kind: row["kind"] as ExportKind,
    state: row["state"] as ExportState,
    requestedById: Number(row["requested_by_id"]),
    userId: row["user_id"] === null ? null : Number(row["user_id"]),
    conversationId: row["conversation_id"] === null ? null : Number(row["conversation_id"]),
    isCompressed: row["is_compressed"] as boolean,
    records: Number(row["records"]),
    tries: Number(row["tries"]),
    size: row["size"] === null ? null : Number(row["size"]),
    token: row["token"] as string,
    createdAt: time(row["created_at"]),
    finishedAt: timeOrNull(row["finished_at"]),
    expiresAt: timeOrNull(row["expires_at"]),
  });
}

import { randomBytes } from "node:crypto";

import type { Conversation, Group, Room } from "../conversations/conversation.ts";
import { lockConversation } from "../conversations/log.ts";
import { rowOf } from "../conversations/memberships.ts";
import { byIds, reachable } from "../conversations/reach.ts";
import { time, timeOrNull } from "../kernel/columns.ts";
import type { Context } from "../kernel/context.ts";
import type { Row } from "../kernel/database.ts";
import { badInput, conflict, Failure, forbidden, notFound } from "../kernel/errors.ts";
import { recordServerAct } from "./audit.ts";
import { changing, fresh } from "./change.ts";
import { isOpen, letIn } from "./entrance.ts";
import { Invite } from "./invite.ts";
import { demand } from "./permissions.ts";

/** Invites of one conversation that hold at a time, at the most. */
const INVITES_MAXIMUM = 100;
const USES_MAXIMUM = 100_000;
const CODE_BYTES = 16;
/** A code that is no good any more is remembered so long, to be told from one that never was. */
const REMEMBERED = "30 days";
/** Codes of one conversation that are remembered so, at the most: the latest ones. */
const REMEMBERED_MAXIMUM = 500;

const SPENT = "(expires_at <= now() or uses >= max_uses)";

/** How long and how often an invite holds; what is left out, or null, is without end. */
export interface Terms {
  readonly expiresAt?: Date | null | undefined;
  readonly maxUses?: number | null | undefined;
}

/**
 * Makes a code that lets people into a room or group.
 *
 * @throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT naming expiresAt or maxUses, CONFLICT where 100 invites hold already
 */
export async function create(ctx: Context, conversationId: number, terms: Terms): Promise<Invite> {
  const { expiresAt = null, maxUses = null } = terms;
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now()))
    throw badInput("expiresAt", "expiresAt must lie ahead.");
  if (maxUses !== null && (maxUses < 1 || maxUses > USES_MAXIMUM)) {
    throw badInput("maxUses", `maxUses must be between 1 and ${USES_MAXIMUM}.`, USES_MAXIMUM);
  }
  return changing(ctx, conversationId, "conversationId", async (tx, who) => {
    demand(who, "invite");
    if (!isOpen(who.conversation)) throw forbidden("Nobody is invited to a direct conversation.", "conversationId");
    await demandRoomForInvite(tx, conversationId);
    const code = randomBytes(CODE_BYTES).toString("base64url");
    const rows = await tx.sql(
      "insert into invites (code, conversation_id, created_by_id, expires_at, max_uses) values ($1, $2, $3, $4, $5) returning *",
      [code, conversationId, tx.me.userId, expiresAt, maxUses],
    );
    await recordServerAct(tx, who, "createInvite", null, { expiresAt, maxUses });
    return inviteFrom(rows);
  });
}

/**
 * What an invite leads to.
 *
 * @throws NOT_FOUND for an unknown code, FORBIDDEN for who is banned there, EXPIRED for an old or used-up one
 */
export async function get(ctx: Context, code: string): Promise<Invite> {
  const { userId } = ctx.me;
  const invite = await find(ctx, code);
  const member = await rowOf(ctx, invite.conversationId, userId);
  refuse(invite, member?.isBanned === true);
  return invite;
}

/**
 * The conversation of an invite: in full where the viewer sees it anyway, else as much of it as an invite shows, which is
 * neither people nor messages.
 */
export async function conversationOf(ctx: Context, { conversationId }: Invite): Promise<Conversation> {
  const seen = await ctx.load(reachable, conversationId);
  if (seen !== null) return seen;
  const conversation = await ctx.load(byIds, conversationId);
  if (conversation === null) throw notFound("code", "invite");
  conversation.isPreview = true;
  return conversation;
}

/**
 * Goes into the conversation of an invite. Who is in it already stays, and uses nothing up.
 *
 * @throws NOT_FOUND for an unknown code, FORBIDDEN for who is banned there, EXPIRED for an old or used-up one, CONFLICT where
 *   it is full
 */
export async function accept(ctx: Context, code: string): Promise<Conversation> {
  const { userId } = ctx.me;
  const { conversationId } = await find(ctx, code);
  const conversation = await ctx.transaction(async (tx) => {
    await lockConversation(tx, conversationId);
    const invite = await find(tx, code);
    const [member, current] = await Promise.all([rowOf(tx, conversationId, userId), tx.load(byIds, conversationId)]);
    if (current === null || !isOpen(current)) throw notFound("code", "invite");
    if (member?.leftAt === null) return current;
    refuse(invite, member?.isBanned === true);
    await enterBy(tx, invite, current);
    return current;
  });
  return fresh(ctx, conversation, "code");
}

/** Uses are counted under the conversation's lock, so that the last use is one person's. */
async function enterBy(tx: Context, { code }: Invite, conversation: Room | Group): Promise<void> {
  await letIn(tx, conversation, [tx.me.userId], "joined", "code");
  await tx.sql("update invites set uses = uses + 1 where code = $1", [code]);
}

function refuse(invite: Invite, isBanned: boolean): void {
  if (isBanned) throw forbidden("You are banned here.", "code");
  const old = invite.expiresAt !== null && invite.expiresAt.getTime() <= Date.now();
  const usedUp = invite.maxUses !== null && invite.uses >= invite.maxUses;
  if (old || usedUp)
    throw new Failure("EXPIRED", old ? "This invite has ended." : "This invite is used up.", { field: "code" });
}

async function find(ctx: Context, code: string): Promise<Invite> {
  // PostgreSQL takes no NUL, and no code has one.
  const rows = code.includes("\0") ? [] : await ctx.sql("select * from invites where code = $1", [code]);
  if (rows.length === 0) throw notFound("code", "invite");
  return inviteFrom(rows);
}

async function demandRoomForInvite(tx: Context, conversationId: number): Promise<void> {
  await tx.sql(
    `delete from invites where code in (
       select code from (
         select code, created_at, row_number() over (order by created_at desc, code) as place
         from invites where conversation_id = $1 and ${SPENT}) s
       where place > ${REMEMBERED_MAXIMUM} or created_at < now() - interval '${REMEMBERED}')`,
    [conversationId],
  );
  const [row] = await tx.sql<{ holding: number }>(
    `select count(*)::int as holding from invites where conversation_id = $1 and ${SPENT} is not true`,
    [conversationId],
  );
  if (row !== undefined && row.holding >= INVITES_MAXIMUM) {
    throw conflict("conversationId", `There are ${INVITES_MAXIMUM} invites already.`);
  }
}

function inviteFrom([row]: readonly Row[]): Invite {
  if (row === undefined) throw new Error("An invite was gone in the transaction that made it.");
  const invite = new Invite();
  invite.code = row.code as string;
  invite.conversationId = Number(row.conversation_id);
  invite.createdById = Number(row.created_by_id);
  invite.expiresAt = timeOrNull(row.expires_at);
  invite.maxUses = row.max_uses as number | null;
  invite.uses = row.uses as number;
  invite.createdAt = time(row.created_at);
  return invite;
}

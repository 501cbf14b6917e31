import type { Conversation } from "../conversations/conversation.ts";
import type { Member } from "../conversations/member.ts";
import { rowOf, rowsOf } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, forbidden, notFound } from "../kernel/errors.ts";
import { globalId } from "../kernel/ids.ts";
import { recordServerAct } from "./audit.ts";
import { changing, fresh } from "./change.ts";
import { isOpen, letIn } from "./entrance.ts";
import { letGo } from "./exit.ts";
import { demandExit } from "./joining.service.ts";
import { demandAnotherOwner } from "./ownership.ts";
import { demandPeople } from "./people.ts";
import { demand, outranks } from "./permissions.ts";

/**
 * Puts people into a room or group, all of them or none; who is in it already stays as they are.
 *
 * @param userIds 1-100 users, each of whom the viewer can reach
 * @returns their memberships
 * @throws NOT_FOUND, FORBIDDEN for who may not add and for who cannot be reached or is banned, CONFLICT where it is full
 */
export async function add(ctx: Context, conversationId: number, userIds: readonly number[]): Promise<Member[]> {
  if (userIds.length === 0) throw badInput("userIds", "userIds must not be empty.", 1);
  const people = await demandPeople(ctx, userIds, "userIds");
  return changing(ctx, conversationId, "conversationId", async (tx, who) => {
    demand(who, "add");
    if (!isOpen(who.conversation)) throw forbidden("Nobody is added to a direct conversation.", "conversationId");
    await letIn(tx, who.conversation, people, "added", "userIds");
    const added = people.map((id) => globalId("user", id));
    await recordServerAct(tx, who, "addMembers", null, { userIds: added });
    return rowsOf(tx, conversationId, people);
  });
}

/**
 * Puts somebody out, who may come back by themselves or by an invite.
 *
 * @throws NOT_FOUND, FORBIDDEN for who may not remove or not this one, BAD_USER_INPUT for oneself
 */
export async function remove(ctx: Context, conversationId: number, userId: number): Promise<Conversation> {
  if (userId === ctx.me.userId) throw badInput("userId", "To go yourself, leave the conversation.");
  const conversation = await changing(ctx, conversationId, "conversationId", async (tx, who) => {
    demand(who, "remove");
    demandExit(who.conversation);
    const member = await rowOf(tx, conversationId, userId);
    if (member === null || member.leftAt !== null) throw notFound("userId", "member");
    if (!outranks(who, member.role)) throw forbidden("You may act on those of a lower role only.", "userId");
    await demandAnotherOwner(tx, who.conversation, member, "userId");
    await letGo(tx, who.conversation, member, "removed");
    await recordServerAct(tx, who, "removeMember", userId);
    return who.conversation;
  });
  return fresh(ctx, conversation);
}

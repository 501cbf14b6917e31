import { tellConcerned, tellMembers } from "../conversations/conversation-event.ts";
import { appendNote } from "../conversations/log.ts";
import { type Member, MemberRole } from "../conversations/member.ts";
import { memberPage } from "../conversations/member-pages.ts";
import { rowOf } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, forbidden, notFound } from "../kernel/errors.ts";
import type { Connection, PageArguments } from "../kernel/pages.ts";
import { checkedLine } from "../kernel/text.ts";
import { recordServerAct } from "./audit.ts";
import { changing, nameOf } from "./change.ts";
import { letGo, withdrawInvites } from "./exit.ts";
import { demandExit } from "./joining.service.ts";
import { demandAnotherOwner } from "./ownership.ts";
import { type Act, demand, outranks, type Standing, standing } from "./permissions.ts";
import { demandWriter } from "./writing.ts";

const NICKNAME_MAXIMUM = 64;

/** What is to be different about a member; what is left out, or null, stays as it is. */
export interface MemberChanges {
  readonly role?: MemberRole | null | undefined;
  /** At most 64 characters; null, or white space alone, removes it. */
  readonly nickname?: string | null | undefined;
  readonly muted?: boolean | null | undefined;
  readonly banned?: boolean | null | undefined;
}

/** A member and whoever acts on them, in the conversation whose lock is held. */
interface Case {
  readonly tx: Context;
  readonly who: Standing;
  readonly member: Member;
}

/**
 * Changes a member's role, nickname, mute or ban, all that is asked or nothing of it. Moderators act on those of a
 * lower role; whoever may write gives themselves a nickname, and an owner gives up the role where there is another.
 *
 * @returns the member as they are now
 * @throws NOT_FOUND for who is not in it (a ban is lifted from those outside too), FORBIDDEN, BAD_USER_INPUT, CONFLICT
 */
export function update(ctx: Context, conversationId: number, userId: number, changes: MemberChanges): Promise<Member> {
  const nickname = changes.nickname == null ? changes.nickname : checkedNickname(changes.nickname);
  const inside = changes.role != null || nickname !== undefined || changes.muted != null;
  if (inside && changes.banned === true)
    throw badInput("banned", "Who is banned has no role, nickname or mute: ask for the ban alone.");
  return changing(ctx, conversationId, "conversationId", async (tx, who) => {
    const member = await rowOf(tx, conversationId, userId);
    if (member === null || (member.leftAt !== null && (inside || changes.banned == null)))
      throw notFound("userId", "member");
    const at: Case = { tx, who, member };
    if (changes.role != null) await setRole(at, changes.role);
    if (nickname !== undefined) await setNickname(at, nickname);
    if (changes.muted != null) await setMuted(at, changes.muted);
    if (changes.banned != null) await setBanned(at, changes.banned);
    const { role, muted } = changes;
    await recordServerAct(tx, who, "updateMember", userId, { role, nickname, muted, banned: changes.banned });
    return (await rowOf(tx, conversationId, userId)) ?? member;
  });
}

/** Who is banned from a conversation. @throws NOT_FOUND, FORBIDDEN for who may not ban */
export async function banned(ctx: Context, conversationId: number, page: PageArguments): Promise<Connection<Member>> {
  demand(await standing(ctx, conversationId), "ban");
  return memberPage(ctx, { conversationId, role: null, banned: true }, page);
}

async function setRole({ tx, who, member }: Case, role: MemberRole): Promise<void> {
  demand(who, "appoint");
  const { id } = who.conversation;
  if (member.userId !== tx.me.userId) demandRank(who, member);
  if (role === member.role) return;
  await demandAnotherOwner(tx, who.conversation, member, "role");
  await set(tx, member, "role", role);
  if (role === MemberRole.MEMBER) await withdrawInvites(tx, id, member.userId);
  if (role === MemberRole.OWNER) {
    const content = `${await nameOf(tx, tx.me.userId)} made ${await nameOf(tx, member.userId)} an owner.`;
    await appendNote(tx, id, { event: "owner", actorId: tx.me.userId, userIds: [member.userId] }, content);
  }
  tellMembers(tx, id, "MEMBER_CHANGED", member.userId);
}

async function setNickname({ tx, who, member }: Case, nickname: string | null): Promise<void> {
  if (member.userId === tx.me.userId) await demandWriter(tx, member.conversationId, "conversationId");
  else demandOver(who, member, "rename");
  if (nickname === member.nickname) return;
  await set(tx, member, "nickname", nickname);
  tellMembers(tx, member.conversationId, "MEMBER_CHANGED", member.userId);
}

async function setMuted({ tx, who, member }: Case, muted: boolean): Promise<void> {
  demandOver(who, member, "mute");
  if (muted === member.isMuted) return;
  await set(tx, member, "is_muted", muted);
  tellMembers(tx, member.conversationId, "MEMBER_CHANGED", member.userId);
}

async function setBanned({ tx, who, member }: Case, ban: boolean): Promise<void> {
  demandOver(who, member, "ban");
  demandExit(who.conversation);
  if (ban === member.isBanned) return;
  if (ban) {
    await demandAnotherOwner(tx, who.conversation, member, "banned");
    await letGo(tx, who.conversation, member, "banned");
    return;
  }
  const { id } = who.conversation;
  await set(tx, member, "is_banned", false);
  const content = `${await nameOf(tx, tx.me.userId)} lifted the ban of ${await nameOf(tx, member.userId)}.`;
  await appendNote(tx, id, { event: "unbanned", actorId: tx.me.userId, userIds: [member.userId] }, content);
  tellMembers(tx, id, "MEMBER_CHANGED", member.userId);
  tellConcerned(tx, [member.userId], id, "MEMBER_CHANGED", member.userId);
}

function demandOver(who: Standing, member: Member, act: Act): void {
  demand(who, act);
  demandRank(who, member);
}

function demandRank(who: Standing, member: Member): void {
  if (!outranks(who, member.role)) throw forbidden("You may act on those of a lower role only.", "userId");
}

async function set(
  tx: Context,
  { id }: Member,
  column: "role" | "nickname" | "is_muted" | "is_banned",
  value: string | boolean | null,
): Promise<void> {
  await tx.sql(`update members set ${column} = $2 where id = $1`, [id, value]);
}

function checkedNickname(text: string): string | null {
  const nickname = checkedLine("nickname", text, { max: NICKNAME_MAXIMUM });
  return nickname === "" ? null : nickname;
}

import { type Conversation, ConversationKind } from "../conversations/conversation.ts";
import type { Member, MemberRole } from "../conversations/member.ts";
import { ofViewer } from "../conversations/memberships.ts";
import { reachable } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden, notFound } from "../kernel/errors.ts";
import { administers } from "../users/administrators.ts";

/**
 * How somebody stands to a conversation, from the least to the most: NONE reads a PUBLIC room without being in it,
 * PEER is one of the two of a direct conversation, SERVER administers the server, which counts in rooms only.
 */
const STANDINGS = ["NONE", "PEER", "MEMBER", "ADMIN", "OWNER", "SERVER"] as const;
export type Rank = (typeof STANDINGS)[number];

/** Who may do what, and how the refusal calls it. Against somebody it takes a higher rank than theirs besides. */
const ACTS = {
  update: { by: ["ADMIN", "OWNER", "SERVER"], called: "change its name and description" },
  invite: { by: ["ADMIN", "OWNER", "SERVER"], called: "invite people" },
  add: { by: ["ADMIN", "OWNER", "SERVER"], called: "add people" },
  remove: { by: ["ADMIN", "OWNER", "SERVER"], called: "remove people" },
  mute: { by: ["ADMIN", "OWNER", "SERVER"], called: "mute people" },
  ban: { by: ["ADMIN", "OWNER", "SERVER"], called: "ban people" },
  rename: { by: ["ADMIN", "OWNER", "SERVER"], called: "give nicknames to others" },
  /** Making a room PUBLIC, which shows its past to everybody, or PRIVATE. */
  open: { by: ["OWNER", "SERVER"], called: "open or close it" },
  /** Making somebody ADMIN or MEMBER, and OWNER besides oneself. */
  appoint: { by: ["OWNER", "SERVER"], called: "give roles" },
  delete: { by: ["OWNER", "SERVER"], called: "delete it" },
  /** Taking all of it out, as a file. */
  export: { by: ["PEER", "OWNER", "SERVER"], called: "export it" },
  /** Saying how long its messages are kept. */
  retain: { by: ["OWNER", "SERVER"], called: "say how long messages are kept" },
  measure: { by: ["PEER", "ADMIN", "OWNER", "SERVER"], called: "see its statistics" },
  pin: { by: ["PEER", "ADMIN", "OWNER", "SERVER"], called: "pin messages" },
  /** Deleting messages of others; one's own are one's own. */
  deleteMessages: { by: ["ADMIN", "OWNER", "SERVER"], called: "delete messages of others" },
} as const satisfies Record<string, { by: readonly Rank[]; called: string }>;

export type Act = keyof typeof ACTS;

/** A conversation as it stands before the viewer, and the viewer before it. */
export interface Standing {
  readonly conversation: Conversation;
  /** Null where the viewer is not in it. */
  readonly member: Member | null;
  readonly rank: Rank;
}

/**
 * Loads a conversation through the viewer, with what they are in it.
 *
 * @param field the argument that named it
 * @throws NOT_FOUND where it does not exist for the viewer
 */
export async function standing(ctx: Context, conversationId: number, field = "conversationId"): Promise<Standing> {
  const [conversation, member] = await Promise.all([
    ctx.load(reachable, conversationId),
    ctx.load(ofViewer, conversationId),
  ]);
  if (conversation === null) throw notFound(field, "conversation");
  return { conversation, member, rank: rankOf(ctx, conversation, member) };
}

/** Whether whoever stands so may do this. */
export function may({ rank }: Standing, act: Act): boolean {
  const allowed: readonly Rank[] = ACTS[act].by;
  return allowed.includes(rank);
}

/** @throws FORBIDDEN where whoever stands so may not do this */
export function demand(who: Standing, act: Act): void {
  if (!may(who, act)) throw forbidden(`You may not ${ACTS[act].called} here.`, "conversationId");
}

/** Whether whoever stands so may act against somebody of this role: a moderator acts on lower roles only. */
export const outranks = ({ rank }: Standing, role: MemberRole): boolean =>
  STANDINGS.indexOf(rank) > STANDINGS.indexOf(role);

function rankOf(ctx: Context, { kind }: Conversation, member: Member | null): Rank {
  if (kind === ConversationKind.ROOM && administers(ctx)) return "SERVER";
  if (member === null) return "NONE";
  return kind === ConversationKind.DIRECT ? "PEER" : member.role;
}

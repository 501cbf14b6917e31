import {
  type Conversation,
  DirectConversation,
  type Group,
  Room,
  RoomVisibility,
} from "../conversations/conversation.ts";
import { tellJoined } from "../conversations/conversation-event.ts";
import { appendNote, type SystemNote } from "../conversations/log.ts";
import { enter, rowOf, rowsOf } from "../conversations/memberships.ts";
import { byIds } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { conflict, forbidden } from "../kernel/errors.ts";
import { nameOf, namesOf } from "./change.ts";

/** Names that a note spells out; the rest is counted. */
const NAMES_MAXIMUM = 10;

const BANNED = "You are banned here.";

/** Whether it is one that people come into and go out of. */
export const isOpen = (conversation: Conversation): conversation is Room | Group =>
  !(conversation instanceof DirectConversation);

/**
 * Who is banned from a PUBLIC room is told so where they try to come in; everywhere else it does not exist for them.
 *
 * @throws FORBIDDEN
 */
export async function refuseBanned(tx: Context, roomId: number, field: string): Promise<void> {
  const row = await rowOf(tx, roomId, tx.me.userId);
  if (row?.isBanned !== true) return;
  const room = await tx.load(byIds, roomId);
  if (room instanceof Room && room.visibility === RoomVisibility.PUBLIC) throw forbidden(BANNED, field);
}

/**
 * Lets people in by the one door there is, whether they join, are added or were invited. Who is in already stays as
 * they are. Call it under the conversation's lock, with the conversation as it was read after it was taken.
 *
 * @param field the argument that a refusal names
 * @throws FORBIDDEN for who is banned, CONFLICT where there are not so many places
 */
export async function letIn(
  tx: Context,
  conversation: Room | Group,
  userIds: readonly number[],
  event: "joined" | "added",
  field: string,
): Promise<void> {
  const { userId: actorId } = tx.me;
  const known = await rowsOf(tx, conversation.id, userIds);
  if (known.some(({ isBanned }) => isBanned)) {
    throw forbidden(event === "joined" ? BANNED : "Somebody among them is banned here.", field);
  }
  const present = new Set(known.filter(({ leftAt }) => leftAt === null).map(({ userId }) => userId));
  const newcomers = userIds.filter((id) => !present.has(id));
  if (newcomers.length === 0) return;
  if (conversation.memberCount + newcomers.length > conversation.maxMembers) {
    throw conflict(field, `It takes ${conversation.maxMembers} people, and has ${conversation.memberCount}.`);
  }
  await enter(tx, conversation.id, newcomers);
  await appendNote(
    tx,
    conversation.id,
    { event, actorId, userIds: newcomers },
    await words(tx, event, actorId, newcomers),
  );
  for (const userId of newcomers) tellJoined(tx, conversation.id, userId);
}

async function words(
  tx: Context,
  event: SystemNote["event"],
  actorId: number,
  userIds: readonly number[],
): Promise<string> {
  const actor = await nameOf(tx, actorId);
  return event === "joined" ? `${actor} joined.` : `${actor} added ${enumerate(await namesOf(tx, userIds))}.`;
}

/** Names in a row, as a sentence has them: `Ann`, `Ann and Bob`, `Ann, Bob and 3 others`. */
function enumerate(names: readonly string[]): string {
  const shown = names.length > NAMES_MAXIMUM ? names.slice(0, NAMES_MAXIMUM - 1) : names;
  const rest = names.length - shown.length;
  const items = rest > 0 ? [...shown, `${rest} others`] : shown;
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

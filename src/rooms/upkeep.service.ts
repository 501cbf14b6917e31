import { tellConcerned, tellMembers } from "../conversations/conversation-event.ts";
import { type Conversation, type Group, Room, type RoomVisibility } from "../conversations/conversation.ts";
import { appendNote } from "../conversations/log.ts";
import { everybody } from "../conversations/memberships.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, conflict, forbidden } from "../kernel/errors.ts";
import { checkedWebAddress } from "../kernel/web-address.ts";
import { recordServerAct } from "./audit.ts";
import { changing, fresh, nameOf } from "./change.ts";
import { isOpen } from "./entrance.ts";
import { demand } from "./permissions.ts";
import { checkedDescription, checkedSize, checkedTitle, isGlobal } from "./settings.ts";

/** What of a room or group is to be different; what is left out stays as it is. */
export interface Wishes {
  /** Null as if left out. */
  readonly name?: string | null | undefined;
  /** Null removes it. */
  readonly description?: string | null | undefined;
  /** Null removes it. */
  readonly avatarUrl?: string | null | undefined;
  /** Of rooms only. Null as if left out. */
  readonly visibility?: RoomVisibility | null | undefined;
  /** Null as if left out. */
  readonly maxMembers?: number | null | undefined;
}

/** The wishes, by column. */
interface Columns {
  name?: string;
  description?: string | null;
  avatar_url?: string | null;
  visibility?: RoomVisibility;
  max_members?: number;
}

/**
 * Changes what a room or group is called, says of itself, whom it shows itself to and how many it takes.
 *
 * @throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT naming what is out of bounds, CONFLICT where more are in it than it is to take
 */
export async function update(ctx: Context, conversationId: number, wishes: Wishes): Promise<Conversation> {
  const columns = checked(wishes);
  const conversation = await changing(ctx, conversationId, "conversationId", async (tx, who) => {
    const { conversation: before } = who;
    demand(who, "update");
    if (!isOpen(before)) throw forbidden("A direct conversation has no settings.", "conversationId");
    if (columns.visibility !== undefined) demand(who, "open");
    demandFit(before, columns);
    const changed = differing(before, columns);
    if (Object.keys(changed).length > 0) {
      await store(tx, before, changed);
      await recordServerAct(tx, who, "updateConversation", null, { ...changed });
    }
    return before;
  });
  return fresh(ctx, conversation);
}

/**
 * Deletes a room or group with everything in it, for good. Everybody in it is told.
 *
 * @throws NOT_FOUND, FORBIDDEN, also for the room that everyone is in
 */
export async function remove(ctx: Context, conversationId: number): Promise<void> {
  await changing(ctx, conversationId, "conversationId", async (tx, who) => {
    demand(who, "delete");
    if (isGlobal(who.conversation)) throw forbidden("Everybody is in this room.", "conversationId");
    const people = await everybody(tx, conversationId);
    await tx.sql("delete from conversations where id = $1", [conversationId]);
    await recordServerAct(tx, who, "deleteConversation", null, { people: people.length });
    tellConcerned(tx, people, conversationId, "DELETED");
  });
}

function checked(wishes: Wishes): Columns {
  const columns: Columns = {};
  if (wishes.name != null) columns.name = checkedTitle(wishes.name);
  if (wishes.description !== undefined) columns.description = checkedDescription(wishes.description);
  if (wishes.avatarUrl !== undefined) {
    columns.avatar_url = wishes.avatarUrl === null ? null : checkedWebAddress("avatarUrl", wishes.avatarUrl);
  }
  if (wishes.visibility != null) columns.visibility = wishes.visibility;
  if (wishes.maxMembers != null) columns.max_members = checkedSize(wishes.maxMembers);
  return columns;
}

function demandFit(conversation: Room | Group, { visibility, max_members: size }: Columns): void {
  const field = visibility === undefined ? "maxMembers" : "visibility";
  if (visibility !== undefined && !(conversation instanceof Room))
    throw badInput(field, "Only a room has a visibility.");
  if (isGlobal(conversation) && (visibility !== undefined || size !== undefined)) {
    throw forbidden("This room is open to everybody.", field);
  }
  if (size !== undefined && size < conversation.memberCount) {
    throw conflict("maxMembers", `${conversation.memberCount} people are in it.`);
  }
}

function differing(before: Room | Group, columns: Columns): Columns {
  const now: Columns = {
    name: before.name,
    description: before.description,
    avatar_url: before.avatarUrl,
    visibility: before instanceof Room ? before.visibility : undefined,
    max_members: before.maxMembers,
  };
  return Object.fromEntries(
    Object.entries(columns).filter(([column, value]) => now[column as keyof Columns] !== value),
  );
}

async function store(tx: Context, { id }: Conversation, { name, ...others }: Columns): Promise<void> {
  const columns = Object.entries({ ...(name === undefined ? {} : { name }), ...others });
  const assignments = columns.map(([column], index) => `${column} = $${index + 2}`);
  await tx.sql(`update conversations set ${assignments.join(", ")} where id = $1`, [
    id,
    ...columns.map(([, value]) => value),
  ]);

  const by = { actorId: tx.me.userId, userIds: [] };
  const who = await nameOf(tx, tx.me.userId);
  if (name !== undefined) await appendNote(tx, id, { event: "renamed", ...by, name }, `${who} renamed it to ${name}.`);
  if (Object.keys(others).length > 0)
    await appendNote(tx, id, { event: "updated", ...by }, `${who} changed its settings.`);
  tellMembers(tx, id, "UPDATED");
}

import { randomBytes } from "node:crypto";

import { ConversationKind, Room, RoomVisibility } from "../conversations/conversation.ts";
import { visible } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { badInput, notFound, unauthenticated } from "../kernel/errors.ts";
import { found } from "./founding.ts";
import { checkedDescription, checkedSize, checkedSlug, checkedTitle } from "./settings.ts";

/** A room that somebody wants. */
export interface NewRoom {
  readonly name: string;
  /** Made up where it is not given. */
  readonly slug?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly visibility?: RoomVisibility | null | undefined;
  readonly maxMembers?: number | null | undefined;
}

const RANDOM_SLUG_BYTES = 6;

/**
 * Makes a room, PUBLIC where nothing is said of it, which the viewer owns.
 *
 * @throws BAD_USER_INPUT naming what is out of bounds, CONFLICT where the slug is taken
 */
export async function create(ctx: Context, wish: NewRoom): Promise<Room> {
  const plan = {
    kind: ConversationKind.ROOM,
    name: checkedTitle(wish.name),
    description: checkedDescription(wish.description),
    maxMembers: checkedSize(wish.maxMembers),
    slug: wish.slug == null ? `room-${randomBytes(RANDOM_SLUG_BYTES).toString("hex")}` : checkedSlug(wish.slug),
    visibility: wish.visibility ?? RoomVisibility.PUBLIC,
  };
  return (await found(ctx, plan, [])) as Room;
}

/**
 * A room by its id or its slug.
 *
 * @throws UNAUTHENTICATED before anything is looked up: the refusal must not tell which slugs are taken
 * @throws BAD_USER_INPUT where not exactly one is given, NOT_FOUND where it does not exist for the viewer
 */
export async function get(ctx: Context, id: number | null, slug: string | null): Promise<Room> {
  if (ctx.viewer === null) throw unauthenticated();
  if ((id === null) === (slug === null)) throw badInput("id", "Give id or slug, one of the two.");
  const field = id === null ? "slug" : "id";
  const known = id ?? (await idOf(ctx, slug ?? ""));
  const room = known === null ? null : await visible(ctx, known, field);
  if (!(room instanceof Room)) throw notFound(field, "conversation");
  return room;
}

async function idOf(ctx: Context, slug: string): Promise<number | null> {
  // PostgreSQL takes no NUL, and no slug has one.
  if (slug.includes("\0")) return null;
  const [row] = await ctx.sql<{ id: string }>("select id from conversations where lower(slug) = lower($1)", [slug]);
  return row === undefined ? null : Number(row.id);
}

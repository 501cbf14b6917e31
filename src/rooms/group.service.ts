import { ConversationKind, type Group } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { found } from "./founding.ts";
import { demandPeople } from "./people.ts";
import { checkedDescription, checkedSize, checkedTitle } from "./settings.ts";

/** A group that somebody wants. */
export interface NewGroup {
  readonly name: string;
  readonly description?: string | null | undefined;
  /** Who is in it from the start, beside the viewer; up to 100. */
  readonly memberIds: readonly number[];
  readonly maxMembers?: number | null | undefined;
}

/**
 * Puts people together in a group, which the viewer owns. All of them or none: where one cannot be reached by the
 * viewer, having blocked them or taking messages from friends only, no group is made.
 *
 * @throws BAD_USER_INPUT naming what is out of bounds, NOT_FOUND for nobody, FORBIDDEN for who cannot be reached
 */
export async function create(ctx: Context, wish: NewGroup): Promise<Group> {
  const others = await demandPeople(
    ctx,
    wish.memberIds.filter((id) => id !== ctx.me.userId),
    "memberIds",
  );
  const plan = {
    kind: ConversationKind.GROUP,
    name: checkedTitle(wish.name),
    description: checkedDescription(wish.description),
    maxMembers: checkedSize(wish.maxMembers),
    slug: null,
    visibility: null,
  };
  return (await found(ctx, plan, others)) as Group;
}

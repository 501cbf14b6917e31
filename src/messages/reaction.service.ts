import type { Context } from "../kernel/context.ts";
import { badInput, conflict, forbidden } from "../kernel/errors.ts";
import { demandWriter } from "../rooms/writing.ts";
import type { Message } from "./message.ts";
import { change } from "./message.service.ts";

/** Different emojis under one message, at the most. */
export const EMOJIS_MAXIMUM = 50;
/** People named under an emoji, at the most; its count is exact. */
export const REACTORS_MAXIMUM = 100;

/** One emoji as people see it: of the recommended set (Unicode UTS #51), or a pictograph without its variation selector. */
const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;

const RGI = /^\p{RGI_Emoji}$/v;
/** Asks for an emoji in colour where plain text is the default. */
const IN_COLOUR = "\uFE0F";

/** What people put under a message, one emoji. */
export interface Reactions {
  readonly emoji: string;
  readonly count: number;
  /** The first ones, at most {@link REACTORS_MAXIMUM}. */
  readonly userIds: readonly number[];
}

/** Puts an emoji under a message; once more changes nothing. @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT */
export async function add(ctx: Context, input: { messageId: number; emoji: string }): Promise<Message> {
  const emoji = checkedEmoji(input.emoji);
  return change(ctx, input.messageId, async (tx, message) => {
    await mayReact(tx, message);
    const [{ others } = { others: "0" }] = await tx.sql<{ others: string }>(
      "select count(distinct emoji) as others from reactions where message_id = $1 and emoji <> $2",
      [message.id, emoji],
    );
    if (Number(others) >= EMOJIS_MAXIMUM) throw conflict("emoji", `A message takes at most ${EMOJIS_MAXIMUM} emojis.`);
    const added = await tx.sql(
      "insert into reactions (message_id, emoji, user_id) values ($1, $2, $3) on conflict do nothing returning 1",
      [message.id, emoji, tx.me.userId],
    );
    return added.length > 0 ? NOTHING_OF_ITS_OWN : null;
  });
}

/** Takes one's emoji back; where there is none nothing changes. @throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN */
export async function remove(ctx: Context, input: { messageId: number; emoji: string }): Promise<Message> {
  const emoji = checkedEmoji(input.emoji);
  return change(ctx, input.messageId, async (tx, message) => {
    await mayReact(tx, message);
    const removed = await tx.sql(
      "delete from reactions where message_id = $1 and emoji = $2 and user_id = $3 returning 1",
      [message.id, emoji, tx.me.userId],
    );
    return removed.length > 0 ? NOTHING_OF_ITS_OWN : null;
  });
}

/** Takes away all that stands under a message. */
export async function forgetReactions(tx: Context, messageId: number): Promise<void> {
  await tx.sql("delete from reactions where message_id = $1", [messageId]);
}

/** What stands under messages, the oldest emoji first. For `ctx.load`. */
export async function ofMessages(ctx: Context, messageIds: readonly number[]): Promise<Reactions[][]> {
  const rows = await ctx.sql<{ message_id: string; emoji: string; count: string; user_ids: string[] }>(
    // Thousands may have put the same: only the first ones are sorted.
    `select g.message_id, g.emoji, g.count, array(
         select user_id from reactions where message_id = g.message_id and emoji = g.emoji
         order by created_at, user_id limit ${REACTORS_MAXIMUM}) as user_ids
     from (select message_id, emoji, count(*), min(created_at) as first
           from reactions where message_id = any ($1) group by message_id, emoji) g
     order by g.first, g.emoji`,
    [messageIds],
  );
  const found = Map.groupBy(rows, (row) => Number(row.message_id));
  return messageIds.map((id) =>
    (found.get(id) ?? []).map((row) => ({
      emoji: row.emoji,
      count: Number(row.count),
      userIds: row.user_ids.map(Number),
    })),
  );
}

/** A reaction changes the message's place in the log and nothing in its row. */
const NOTHING_OF_ITS_OWN = { set: "", parameters: [] };

async function mayReact(tx: Context, message: Message): Promise<void> {
  if (message.isGone) throw forbidden("The message was deleted.", "messageId");
  await demandWriter(tx, message.conversationId, "messageId");
}

function checkedEmoji(emoji: string): string {
  if (emoji.length > 50 || !ONE_EMOJI.test(emoji)) throw badInput("emoji", "emoji must be a single emoji.");
  return oneForm(emoji);
}

/**
 * The one form of an emoji that looks the same with a selector behind it and without: with it only where the recommended
 * set has it so, as in the red heart, which is a black one without.
 */
function oneForm(emoji: string): string {
  const bare = emoji.endsWith(IN_COLOUR) ? emoji.slice(0, -IN_COLOUR.length) : emoji;
  return !RGI.test(bare) && RGI.test(bare + IN_COLOUR) ? bare + IN_COLOUR : bare;
}

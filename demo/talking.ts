import { Chance } from "./chance.ts";
import type { Person } from "./people.ts";
import type { Place } from "./places.ts";
import { scriptOf, type Utterance } from "./script.ts";

const HISTORY = `query ($id: ID!, $after: String) { conversation(id: $id) { messages(first: 100, after: $after) {
  nodes { id clientMessageId isEdited reactions { emoji } } pageInfo { hasNextPage endCursor } } } }`;
const SAY = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }";
const EDIT = "mutation ($input: EditMessageInput!) { editMessage(input: $input) { message { id } } }";
const REACT = "mutation ($input: AddReactionInput!) { addReaction(input: $input) { message { id } } }";
const READ = "mutation ($input: MarkReadInput!) { markRead(input: $input) { member { lastReadSeq } } }";

/** A message of the demo that is there already. */
interface Said {
  readonly id: string;
  readonly clientMessageId: string | null;
  readonly isEdited: boolean;
  readonly reactions: readonly { readonly emoji: string }[];
}

interface Messages {
  readonly nodes: readonly Said[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/**
 * Has everything said that belongs into a place and is not there yet.
 *
 * @param onSaid is called for each message; `isNew` where it was not there
 */
export async function talk(
  place: Place,
  conversationId: string,
  everybody: ReadonlyMap<string, Person>,
  onSaid: (isNew: boolean) => void,
): Promise<void> {
  const person = ({ username }: { username: string }): Person => everybody.get(username) as Person;
  const known = await history(person(place.people[0] as Person), conversationId);
  const ids: string[] = [];
  for (const [index, utterance] of scriptOf(place).entries()) {
    const clientMessageId = `${place.key}:${conversationId}:${index}`;
    const replyToId = utterance.isReply ? ids.at(-1) : undefined;
    const said = known.get(clientMessageId);
    const id =
      said?.id ??
      (await say(person(utterance.speaker), { conversationId, clientMessageId, content: utterance.text, replyToId }));
    await follow(utterance, id, said, person);
    ids.push(id);
    onSaid(said === undefined);
  }
  await markRead(place, conversationId, ids, person);
}

async function history(reader: Person, id: string): Promise<Map<string, Said>> {
  const pageAfter = async (after: string | null): Promise<Messages> =>
    (await reader.do<{ conversation: { messages: Messages } }>(HISTORY, { id, after })).conversation.messages;
  const known = new Map<string, Said>();
  for (let page = await pageAfter(null); ; page = await pageAfter(page.pageInfo.endCursor)) {
    for (const said of page.nodes) if (said.clientMessageId !== null) known.set(said.clientMessageId, said);
    if (!page.pageInfo.hasNextPage) return known;
  }
}

async function say(speaker: Person, input: Readonly<Record<string, unknown>>): Promise<string> {
  return (await speaker.do<{ sendMessage: { message: { id: string } } }>(SAY, { input })).sendMessage.message.id;
}

/** What becomes of a message: corrected by its speaker, reacted to by others. */
async function follow(
  { speaker, corrected, reactions }: Utterance,
  messageId: string,
  said: Said | undefined,
  person: (role: { username: string }) => Person,
): Promise<void> {
  if (corrected !== null && said?.isEdited !== true) {
    await person(speaker).do(EDIT, { input: { messageId, content: corrected } });
  }
  const standing = new Set(said?.reactions.map(({ emoji }) => emoji));
  for (const { by, emoji } of reactions) {
    if (!standing.has(emoji)) await person(by).do(REACT, { input: { messageId, emoji } });
  }
}

/** Most have read everything, some not yet the last few messages. */
async function markRead(
  { key, people }: Place,
  conversationId: string,
  ids: readonly string[],
  person: (role: { username: string }) => Person,
): Promise<void> {
  const chance = new Chance(`${key}, read`);
  for (const role of people) {
    const unread = chance.pick([0, 0, 1, 3, 8, 15]);
    await person(role).do(READ, { input: { conversationId, messageId: ids.at(-1 - unread) } });
  }
}

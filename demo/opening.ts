import type { Person } from "./people.ts";
import type { Place } from "./places.ts";
import { Refusal } from "./server.ts";

const CREATE_ROOM = "mutation ($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }";
const ROOM = "query ($slug: String!) { room(slug: $slug) { id } }";
const JOIN = "mutation ($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }";
const ADD = "mutation ($input: AddMembersInput!) { addMembers(input: $input) { conversation { id } } }";
const GROUPS = "{ viewer { conversations(kind: GROUP, first: 100) { nodes { id title } } } }";
const CREATE_GROUP = "mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }";
const OPEN =
  "mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } } }";

interface WithId {
  readonly id: string;
}

/** Opens a place, with everybody in it; one that is there already stays as it is. @returns its id */
export async function open(place: Place, everybody: ReadonlyMap<string, Person>): Promise<string> {
  const [owner, ...others] = place.people.map(({ username }) => everybody.get(username)) as [Person, ...Person[]];
  switch (place.kind) {
    case "PUBLIC":
    case "PRIVATE":
      return openRoom(place, owner, others);
    case "GROUP":
      return openGroup(place, owner, others);
    case "DIRECT": {
      const input = { userId: others[0]?.id };
      const { openDirectConversation } = await owner.do<{ openDirectConversation: { conversation: WithId } }>(OPEN, {
        input,
      });
      return openDirectConversation.conversation.id;
    }
  }
}

async function openRoom(place: Place, owner: Person, others: readonly Person[]): Promise<string> {
  const id = await foundRoom(place, owner);
  if (place.kind === "PUBLIC") for (const other of others) await other.do(JOIN, { input: { roomId: id } });
  else await owner.do(ADD, { input: { conversationId: id, userIds: others.map((other) => other.id) } });
  return id;
}

async function foundRoom({ key, name, description, kind }: Place, owner: Person): Promise<string> {
  try {
    const input = { slug: key, name, description, visibility: kind };
    return (await owner.do<{ createRoom: { room: WithId } }>(CREATE_ROOM, { input })).createRoom.room.id;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "CONFLICT") throw error;
    return (await owner.do<{ room: WithId }>(ROOM, { slug: key })).room.id;
  }
}

async function openGroup({ name }: Place, owner: Person, others: readonly Person[]): Promise<string> {
  type Groups = { viewer: { conversations: { nodes: (WithId & { title: string })[] } } };
  const { viewer } = await owner.do<Groups>(GROUPS);
  const known = viewer.conversations.nodes.find(({ title }) => title === name);
  if (known !== undefined) return known.id;
  const input = { name, memberIds: others.map(({ id }) => id) };
  return (await owner.do<{ createGroup: { group: WithId } }>(CREATE_GROUP, { input })).createGroup.group.id;
}

import type { Person } from "../../support/people.ts";
import { send } from "../../support/friends.ts";
import { does } from "../../support/rooms.ts";

/** Makes two people friends. */
export async function befriends(one: Person, other: Person): Promise<void> {
  await send(one, other);
  await send(other, one);
}

/** The id of the direct conversation of two people. */
export async function direct(one: Person, other: Person): Promise<string> {
  return String((await does(one, "openDirectConversation", { userId: other.id })).conversation.id);
}

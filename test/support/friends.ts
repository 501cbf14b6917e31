import { randomBytes } from "node:crypto";

import type { GraphqlAnswer } from "./graphql-client.ts";
import { type Person, person } from "./people.ts";
import type { TestServer } from "./server.ts";

const REQUEST = `id status message from { username } to { username }`;
export const SEND = `mutation ($input: SendFriendRequestInput!) {
  sendFriendRequest(input: $input) { friendRequest { ${REQUEST} } }
}`;
export const RESPOND = `mutation ($input: RespondToFriendRequestInput!) {
  respondToFriendRequest(input: $input) { friendRequest { ${REQUEST} } }
}`;
export const CANCEL = `mutation ($input: CancelFriendRequestInput!) {
  cancelFriendRequest(input: $input) { friendRequest { ${REQUEST} } }
}`;
export const REMOVE = `mutation ($input: RemoveFriendInput!) { removeFriend(input: $input) { user { username friendship } } }`;
export const BLOCK = `mutation ($input: BlockUserInput!) { blockUser(input: $input) { user { username friendship } } }`;
export const UNBLOCK = `mutation ($input: UnblockUserInput!) { unblockUser(input: $input) { user { username friendship } } }`;

/** New people, each with a name that nobody has. */
export async function strangers(server: TestServer): Promise<[ada: Person, bea: Person, eve: Person]> {
  const [ada, bea, eve] = ["ada", "bea", "eve"].map((name) =>
    person(server, `${name}-${randomBytes(4).toString("hex")}`),
  );
  return Promise.all([ada, bea, eve] as [Promise<Person>, Promise<Person>, Promise<Person>]);
}

/** As {@link strangers}; the first two are friends. */
export async function friendsAndStranger(server: TestServer): Promise<[ada: Person, bea: Person, eve: Person]> {
  const [ada, bea, eve] = await strangers(server);
  await send(ada, bea);
  await send(bea, ada);
  return [ada, bea, eve];
}

export const send = (from: Person, to: Person, message?: string) =>
  from.graphql(SEND, { input: { userId: to.id, message } });

export const respond = (who: Person, friendRequestId: string, accept: boolean) =>
  who.graphql(RESPOND, { input: { friendRequestId, accept } });

export const cancel = (who: Person, friendRequestId: string) => who.graphql(CANCEL, { input: { friendRequestId } });

/** REMOVE, BLOCK or UNBLOCK. */
export const about = (who: Person, mutation: string, whom: Person) =>
  who.graphql(mutation, { input: { userId: whom.id } });

/** The id of the request that was sent. */
export const requestIn = (answer: GraphqlAnswer): string => String(answer.data.sendFriendRequest.friendRequest.id);

/** How the two stand to each other: the first to the second, the second to the first. */
export const between = (one: Person, other: Person): Promise<string[]> =>
  Promise.all([stateOf(one, other), stateOf(other, one)]);

export async function stateOf(who: Person, whom: Person): Promise<string> {
  const { data } = await who.graphql(`query ($id: ID) { user(id: $id) { friendship } }`, { id: whom.id });
  return String(data.user.friendship);
}

/** The code and the field of a refusal: `CONFLICT userId`; "none" where it was none. */
export function refusalOf({ errors }: GraphqlAnswer): string {
  const extensions = errors?.[0]?.extensions;
  return extensions === undefined ? "none" : [extensions.code, extensions.field].filter(Boolean).join(" ");
}

import { expect } from "vitest";

import { ensureAdministrator } from "../../src/auth/administrator.ts";
import { type Data, type GraphqlAnswer, post, type Variables } from "./graphql-client.ts";
import { type Person, person } from "./people.ts";
import type { TestServer } from "./server.ts";

/** Whoever talks to the server as somebody who is logged in. */
export interface Voice {
  readonly id: string;
  graphql(query: string, variables?: Variables): Promise<GraphqlAnswer>;
}

/** People who come one after the other, so that lists by age of accounts have them in this order. */
export async function inTurn<Names extends readonly string[]>(
  server: TestServer,
  ...names: Names
): Promise<{ [Index in keyof Names]: Person }> {
  const people: Person[] = [];
  for (const name of names) people.push(await person(server, name));
  return people as { [Index in keyof Names]: Person };
}

/** An administrator of the server. */
export async function administrator(server: TestServer): Promise<Voice> {
  const account = { username: "root", password: "a password of the administrator" };
  await ensureAdministrator(server.services, account, async (make) => ({ value: make() }));
  const login = `mutation ($input: LoginInput!) { login(input: $input) { accessToken user { id } } }`;
  const { data } = await post(server.url, login, { input: account });
  const authorization = `Bearer ${data.login.accessToken}`;
  return {
    id: data.login.user.id,
    graphql: (query, variables) => post(server.url, query, variables, { authorization }),
  };
}

/** What the mutations of this name are asked to answer with. */
const ANSWERS = {
  createRoom: "room { id slug name description visibility maxMembers memberCount kind title createdBy { id } }",
  createGroup:
    "group { id name description memberCount kind title createdBy { id } members { nodes { role user { id } } } }",
  openDirectConversation: "conversation { id kind title memberCount peer { id } }",
  joinRoom: "room { id memberCount viewerMembership { role joinedAt lastReadSeq } }",
  leaveConversation: "conversationId",
  deleteConversation: "conversationId",
  updateConversation:
    "conversation { id title avatarUrl memberCount ... on Room { description visibility maxMembers } ... on Group { description maxMembers } }",
  addMembers: "members { role user { id } } conversation { memberCount }",
  removeMember: "conversation { memberCount }",
  updateMember: "member { id role nickname isMuted isBanned user { id } }",
  setNotificationLevel: "member { notificationLevel }",
  createInvite: "invite { code uses maxUses expiresAt conversation { id } }",
  acceptInvite: "conversation { id memberCount viewerMembership { role } }",
  sendMessage: "message { seq content }",
  blockUser: "__typename",
  updateProfile: "__typename",
} as const;

export type Verb = keyof typeof ANSWERS;

/** Asks for a mutation, and answers with whatever comes. */
export function attempt(who: Voice, verb: Verb, input: Variables): Promise<GraphqlAnswer> {
  const type = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}Input`;
  return who.graphql(`mutation ($input: ${type}!) { ${verb}(input: $input) { ${ANSWERS[verb]} } }`, { input });
}

/** Does something that must succeed, and answers with its payload. */
export async function does(who: Voice, verb: Verb, input: Variables): Promise<Data> {
  const { data, errors } = await attempt(who, verb, input);
  expect(errors, verb).toBeUndefined();
  return data[verb];
}

/** Code and field of the refusal of something that must not succeed. */
export async function refusal(asked: Promise<GraphqlAnswer>): Promise<string> {
  const { errors } = await asked;
  const { code, field } = errors?.[0]?.extensions ?? { code: "NONE" };
  return field === undefined ? code : `${code} ${field}`;
}

/** A room that somebody owns. */
export async function room(owner: Voice, input: Variables = {}): Promise<Data> {
  return (await does(owner, "createRoom", { name: "Tea", ...input })).room;
}

/** The notes of a conversation's log, as somebody reads them. */
export async function notes(who: Voice, id: string): Promise<string[]> {
  const { data } = await who.graphql(
    `query ($id: ID!) { conversation(id: $id) { messages { nodes { type content } } } }`,
    { id },
  );
  const messages: { type: string; content: string }[] = data.conversation.messages.nodes;
  return messages.filter(({ type }) => type === "SYSTEM").map(({ content }) => content);
}

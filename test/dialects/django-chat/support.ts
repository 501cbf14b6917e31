import { expect } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import { type Person, person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does, type Voice } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type Rest, type RestAnswer, done, rest } from "../support/rest.ts";

export { done } from "../support/rest.ts";

/** Somebody who has both a client of django-chat and one of GraphQL. */
export interface Chatter extends Person {
  readonly chat: Rest;
  readonly number: number;
}

/** People on a server of their own. */
export interface Scene {
  readonly server: TestServer;
  readonly ann: Chatter;
  readonly bob: Chatter;
  readonly eve: Chatter;
}

export async function startScene(): Promise<Scene> {
  const server = await startServer();
  const [ann, bob, eve] = [await chatter(server, "ann"), await chatter(server, "bob"), await chatter(server, "eve")];
  return { server, ann, bob, eve };
}

export const chatter = async (server: TestServer, name: string): Promise<Chatter> =>
  asChatter(server, await person(server, name));

export const asChatter = (server: Pick<TestServer, "url">, who: Person): Chatter => ({
  ...who,
  chat: rest(server, who),
  number: numberOf(who),
});

/** The status of a refusal and the words of it, which are all that it says; "" where it was none. */
export async function refused(asked: Promise<RestAnswer>): Promise<[status: number, words: string]> {
  const { status, body } = await asked;
  if (status < 300) return [status, ""];
  expect(Object.keys(body)).toEqual(["error"]);
  return [status, String(body.error)];
}

/** The status of a refusal whose words name this. */
export async function refusal(asked: Promise<RestAnswer>, naming: string): Promise<number> {
  const [status, words] = await refused(asked);
  expect(words).toContain(naming);
  return status;
}

/** A room or group that somebody makes. */
export const roomOf = (who: Chatter, more: object = {}): Promise<Data> =>
  done(who.chat.post("/api/chat/rooms/", { name: "Tea", room_type: "public", ...more }));

export const join = (who: Chatter, roomId: number): Promise<Data> =>
  done(who.chat.post(`/api/chat/rooms/${roomId}/join/`));

/** Puts people into a room or group, as this protocol cannot. */
export const add = (who: Voice, roomId: number, ...others: readonly Voice[]): Promise<Data> =>
  does(who, "addMembers", { conversationId: `conv_${roomId}`, userIds: others.map(({ id }) => id) });

export const says = (who: Chatter, roomId: number, content: string, more: object = {}): Promise<Data> =>
  done(who.chat.post(`/api/chat/rooms/${roomId}/messages/`, { content, ...more }));

/** A page of a room's history. */
export const history = (who: Chatter, roomId: number, query = ""): Promise<Data> =>
  done(who.chat.get(`/api/chat/rooms/${roomId}/messages/${query}`));

/** What people said in a room, the oldest first, without the server's own words. */
export async function wordsIn(who: Chatter, roomId: number): Promise<string[]> {
  const { messages } = await history(who, roomId, "?page_size=100");
  return messages.filter(({ sender }: Data) => sender.id !== 0).map(({ content }: Data) => content);
}

/** The conversation of two people, as GraphQL makes it. */
export async function directOf(one: Voice, other: Voice): Promise<number> {
  const { conversation } = await does(one, "openDirectConversation", { userId: other.id });
  return numberOf(conversation);
}

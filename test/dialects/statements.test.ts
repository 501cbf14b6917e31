import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { befriends, direct } from "../log/support/friends.ts";
import { countStatements, fewestStatements } from "../log/support/statements.ts";
import { asks, send } from "../log/support/talk.ts";
import type { Variables } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { done, rest } from "./support/rest.ts";

let server: TestServer;
let count: () => number;
let ann: Person;
let friends: Person[];
let tea: string;
let alone: string;
let fewer: string;
let roomNumber: number;

/** A conversation's messages, each sent by another and many in answer to one before. */
async function talk(conversationId: string, people: readonly Person[]): Promise<void> {
  let replyToId: string | null = null;
  for (let n = 0; n < 50; n += 1) {
    ({ id: replyToId } = await send(people[n % people.length] as Person, conversationId, `number ${n}`, { replyToId }));
  }
}

beforeAll(async () => {
  // What the server looks at every few seconds is not what is counted.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  server = await startServer();
  ann = await person(server, "ann");
  friends = await Promise.all(Array.from({ length: 12 }, (_, n) => person(server, `friend-${n}`)));
  for (const friend of friends) await befriends(ann, friend);
  tea = (await room(ann, { name: "Tea", visibility: "PUBLIC" })).id;
  roomNumber = numberOf({ id: tea });
  await Promise.all(friends.map((friend) => does(friend, "joinRoom", { roomId: tea })));
  await talk(tea, friends);
  const other = friends[0] as Person;
  alone = await direct(ann, other);
  await talk(alone, [ann, other]);
  for (const friend of friends) {
    const { id } = await room(friend, { visibility: "PUBLIC" });
    await does(ann, "joinRoom", { roomId: id });
    await send(friend, id, "welcome");
    fewer = id;
  }
  count = countStatements(server);
});
afterAll(async () => {
  await server.stop();
  vi.useRealTimers();
});

const fewest = (work: () => Promise<unknown>): Promise<number> => fewestStatements(server, count, work);

const byGraphql = (query: string, variables: Variables): Promise<number> => fewest(() => asks(ann, query, variables));
const byRest = (path: string): Promise<number> => fewest(() => done(rest(server, ann).get(path)));

const HISTORY = `query ($id: ID!, $last: Int!) { conversation(id: $id) { id title messages(last: $last) {
  nodes {
    id seq type content isEdited isDeleted isEncrypted createdAt updatedAt sender { username displayName }
    replyTo { id } file { url name size } externalFile { url name size }
  } pageInfo { hasPreviousPage }
} } }`;

describe("a page of history", () => {
  const globalPath = async (): Promise<string> => {
    const rooms: { id: string; name: string }[] = await done(rest(server, ann).get("/api/chat/rooms"));
    return `/api/chat/messages?room_id=${rooms.find(({ name }) => name === "Tea")?.id}`;
  };
  test.each<[string, () => string, (limit: number) => string | Promise<string>]>([
    ["online-chat", () => tea, async (limit) => `${await globalPath()}&limit=${limit}`],
    ["django-chat", () => tea, (limit) => `/api/chat/rooms/${roomNumber}/messages/?page=1&page_size=${limit}`],
    ["chat8", () => alone, (limit) => `/api/v1/messages/${numberOf(friends[0] as Person)}?page=1&limit=${limit}`],
  ])("through %s takes no more statements than through GraphQL, and no more the longer it is", async (_, id, path) => {
    const fifty = await byRest(await path(50));
    expect(fifty).toBeGreaterThan(0);
    expect(fifty).toBeLessThanOrEqual(await byGraphql(HISTORY, { id: id(), last: 50 }));
    expect(await byRest(await path(5))).toBe(fifty);
  });
});

const ROOMS = `{ rooms(first: 20) { nodes {
  id name description visibility maxMembers memberCount createdAt updatedAt createdBy { username displayName }
  members(first: 20) { nodes { user { id } } } lastMessage { id type content createdAt sender { username displayName } }
} } }`;

test.each(["/api/chat/rooms", "/api/chat/rooms/"])(
  "the list of rooms at %s takes no more statements than through GraphQL",
  async (path) => {
    expect(await byRest(path)).toBeLessThanOrEqual(await byGraphql(ROOMS, {}));
  },
);

test.each(["members/", ""])(
  "a room of many at rooms/{room_id}/%s takes as many statements as one of two",
  async (end) => {
    const few = numberOf({ id: fewer });
    expect(await byRest(`/api/chat/rooms/${roomNumber}/${end}`)).toBe(await byRest(`/api/chat/rooms/${few}/${end}`));
  },
);

const FRIENDS = `{ viewer { friends(first: 100) { nodes { id username avatarUrl presence { status lastActiveAt } } } } }`;

test("the list of friends through chat8 takes no more statements than through GraphQL", async () => {
  expect(await byRest("/api/v1/friends")).toBeLessThanOrEqual(await byGraphql(FRIENDS, {}));
});

const NOTIFICATIONS = `{ viewer { notifications(first: 50) { nodes {
  id type title content isRead createdAt message { id type content createdAt }
  conversation { id title memberCount ... on Room { description maxMembers createdBy { username } } }
} } } }`;

test("the notifications through django-chat take no more statements than through GraphQL", async () => {
  expect(await byRest("/api/chat/notifications/")).toBeLessThanOrEqual(await byGraphql(NOTIFICATIONS, {}));
});

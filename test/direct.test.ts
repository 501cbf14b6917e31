import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { countStatements, fewestStatements } from "./log/support/statements.ts";
import { type Person, person } from "./support/people.ts";
import { attempt, does, inTurn, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat] = await inTurn(server, "ann", "bob", "cat");
});
afterAll(() => server.stop());

const CONVERSATION = `query ($id: ID!) { conversation(id: $id) { id title memberCount } }`;
const MINE = `query ($kind: ConversationKind, $unreadOnly: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
  viewer { conversations(kind: $kind, unreadOnly: $unreadOnly, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

async function mine(who: Person, variables = {}) {
  const { data, errors } = await who.graphql(MINE, variables);
  expect(errors).toBeUndefined();
  const { nodes, pageInfo } = data.viewer.conversations;
  return { ids: nodes.map(({ id }: { id: string }) => id), ...pageInfo };
}

const open = async (who: Person, whom: Person) =>
  (await does(who, "openDirectConversation", { userId: whom.id })).conversation;

describe("a direct conversation", () => {
  test("is the same one every time, and each sees the other in it", async () => {
    const first = await open(ann, bob);
    expect(first).toMatchObject({ kind: "DIRECT", title: "bob", memberCount: 2, peer: { id: bob.id } });
    expect(await open(bob, ann)).toMatchObject({ id: first.id, title: "ann", peer: { id: ann.id } });
    expect((await mine(bob, { kind: "DIRECT" })).ids).toEqual([first.id]);
    expect(await refusal(cat.graphql(CONVERSATION, { id: first.id }))).toBe("NOT_FOUND id");
  });

  test("is one where both open it at once", async () => {
    const [dan, eve] = await Promise.all([person(server, "dan"), person(server, "eve")]);
    const opened = await Promise.all([open(dan, eve), open(eve, dan), open(dan, eve), open(eve, dan)]);
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  });

  test("needs somebody else who is there and can be reached", async () => {
    const [fay, gus] = await Promise.all([person(server, "fay"), person(server, "gus")]);
    await does(fay, "blockUser", { userId: ann.id });
    await does(gus, "updateProfile", { directMessagePolicy: "FRIENDS" });
    const told = (userId: string) => attempt(ann, "openDirectConversation", { userId });
    expect(await refusal(told(ann.id))).toBe("BAD_USER_INPUT userId");
    expect(await refusal(told("user_999999"))).toBe("NOT_FOUND userId");
    expect(await refusal(told("conv_1"))).toBe("BAD_USER_INPUT userId");
    const [blocked, closed] = await Promise.all([told(fay.id), told(gus.id)]);
    expect(blocked.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect(blocked.errors?.[0]?.message).toBe(closed.errors?.[0]?.message);
    expect((await mine(fay, { kind: "DIRECT" })).ids).toEqual([]);
  });

  test("opens for reading once it is there, whatever the two think of each other by now", async () => {
    const hal = await person(server, "hal");
    const { id } = await open(ann, hal);
    await does(hal, "blockUser", { userId: ann.id });
    expect((await open(ann, hal)).id).toBe(id);
    expect(await refusal(attempt(ann, "sendMessage", { conversationId: id, content: "hello?" }))).toBe(
      "FORBIDDEN conversationId",
    );
  });

  test("has two people in it, for good, and no settings", async () => {
    const conversationId = (await open(ann, bob)).id;
    for (const [verb, rest] of [
      ["leaveConversation", {}],
      ["deleteConversation", {}],
      ["updateConversation", { name: "Us" }],
      ["createInvite", {}],
      ["addMembers", { userIds: [cat.id] }],
      ["removeMember", { userId: bob.id }],
      ["updateMember", { userId: bob.id, muted: true }],
      ["updateMember", { userId: bob.id, banned: true }],
      ["updateMember", { userId: bob.id, role: "ADMIN" }],
    ] as const) {
      expect(await refusal(attempt(ann, verb, { conversationId, ...rest })), verb).toBe("FORBIDDEN conversationId");
    }
  });
});

describe("the viewer's conversations", () => {
  test("stand with the newest activity first, and are walked both ways", async () => {
    const ida = await person(server, "ida");
    const made: string[] = [];
    for (const name of ["one", "two", "three"]) made.push((await room(ida, { name })).id);
    const [one, two, three] = made as [string, string, string];
    const global = (await mine(ida)).ids.at(-1);
    expect((await mine(ida)).ids).toEqual([three, two, one, global]);
    await does(ida, "sendMessage", { conversationId: one, content: "up" });
    expect((await mine(ida)).ids).toEqual([one, three, two, global]);

    const first = await mine(ida, { first: 2 });
    expect(first).toMatchObject({ ids: [one, three], hasNextPage: true, hasPreviousPage: false });
    expect(await mine(ida, { first: 2, after: first.endCursor })).toMatchObject({
      ids: [two, global],
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await mine(ida, { last: 1 })).toMatchObject({ ids: [global], hasPreviousPage: true });
    expect((await mine(ida, { last: 5, before: first.endCursor })).ids).toEqual([one]);
    expect((await mine(ida, { kind: "GROUP" })).ids).toEqual([]);
  });

  test("are, where asked, those with unread messages only", async () => {
    const jan = await person(server, "jan");
    const [quiet, loud, own] = await Promise.all([room(ann), room(ann), room(jan)]);
    for (const { id } of [quiet, loud]) await does(jan, "joinRoom", { roomId: id });
    await does(ann, "sendMessage", { conversationId: loud.id, content: "hear, hear" });
    await does(jan, "sendMessage", { conversationId: own.id, content: "me" });
    expect((await mine(jan, { unreadOnly: true })).ids).toEqual([loud.id]);
    await does(jan, "sendMessage", { conversationId: loud.id, content: "heard" });
    expect((await mine(jan, { unreadOnly: true })).ids).toEqual([]);
  });

  test("refuse bad cursors by name", async () => {
    const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString("base64url");
    expect(await refusal(ann.graphql(MINE, { after: cursor(["x", 1]) }))).toBe("BAD_USER_INPUT after");
    expect(await refusal(ann.graphql(MINE, { before: "%" }))).toBe("BAD_USER_INPUT before");
    for (const time of [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
      expect(await refusal(ann.graphql(MINE, { after: cursor([time, 1]) }))).toBe("NONE");
    }
  });

  test("cost the same number of statements, however many they are", async () => {
    const kim = await person(server, "kim");
    const others = await Promise.all(["lea", "max", "ned"].map((name) => person(server, name)));
    const query = `query ($first: Int) { viewer { conversations(first: $first) { nodes {
      id title avatarUrl memberCount viewerMembership { role } members(first: 3, role: MEMBER) { nodes { user { username } } }
      newest: members(last: 2) { nodes { user { username } conversation { title } } }
      ... on Room { createdBy { username } } ... on Group { createdBy { username } } ... on DirectConversation { peer { username } }
    } } } }`;
    const count = countStatements(server);
    const cost = (first: number): Promise<number> =>
      fewestStatements(server, count, async () => {
        const { errors, data } = await kim.graphql(query, { first });
        expect(errors).toBeUndefined();
        expect(data.viewer.conversations.nodes).toHaveLength(first);
      });
    for (const whom of others.slice(0, 1)) await open(kim, whom);
    await Promise.all([room(kim), does(kim, "createGroup", { name: "g", memberIds: [bob.id] })]);
    const few = await cost(4);
    for (const whom of others) await open(kim, whom);
    for (let made = 0; made < 8; made += 1) {
      const { id } = await room(kim);
      await does(kim, "addMembers", { conversationId: id, userIds: others.map((other) => other.id) });
      await does(kim, "createGroup", { name: "g", memberIds: others.map((other) => other.id) });
    }
    expect(await cost(20)).toBe(few);
  });
});

describe("how much one hears", () => {
  test("is nobody else's business: of others it reads as if they had said nothing", async () => {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    await does(bob, "setNotificationLevel", { conversationId: id, level: "NONE" });
    const MEMBERS = `query ($id: ID!) { conversation(id: $id) { members { nodes { id notificationLevel user { id } } } } }`;
    const NODE = `query ($id: ID!) { node(id: $id) { ... on Member { notificationLevel } } }`;
    for (const [who, level] of [
      [ann, "ALL"],
      [bob, "NONE"],
    ] as const) {
      const { nodes } = (await who.graphql(MEMBERS, { id })).data.conversation.members;
      const bobs = nodes.find(({ user }: { user: { id: string } }) => user.id === bob.id);
      expect(bobs.notificationLevel).toBe(level);
      expect((await who.graphql(NODE, { id: bobs.id })).data.node.notificationLevel).toBe(level);
    }
  });

  test("is one's own to set, where one is in", async () => {
    const conversationId = (await open(ann, bob)).id;
    const { member } = await does(ann, "setNotificationLevel", { conversationId, level: "MENTIONS" });
    expect(member.notificationLevel).toBe("MENTIONS");
    const level = `query ($id: ID!) { conversation(id: $id) { viewerMembership { notificationLevel } } }`;
    expect(
      (await bob.graphql(level, { id: conversationId })).data.conversation.viewerMembership.notificationLevel,
    ).toBe("ALL");
    const { id } = await room(ann);
    expect(await refusal(attempt(bob, "setNotificationLevel", { conversationId: id, level: "NONE" }))).toBe(
      "FORBIDDEN conversationId",
    );
  });
});

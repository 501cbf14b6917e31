import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { post } from "./support/graphql-client.ts";
import type { Person } from "./support/people.ts";
import { administrator, attempt, does, inTurn, notes, refusal, room, type Voice } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let root: Voice;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat] = await inTurn(server, "ann", "bob", "cat");
  root = await administrator(server);
});
afterAll(() => server.stop());

const ROOM = `query ($id: ID, $slug: String) { room(id: $id, slug: $slug) { id name memberCount viewerMembership { role } } }`;
const CONVERSATION = `query ($id: ID!) { conversation(id: $id) { id title } }`;
const NODE = `query ($id: ID!) { node(id: $id) { id __typename } }`;
const ROOMS = `query ($search: String, $first: Int, $after: String, $last: Int, $before: String) {
  rooms(search: $search, first: $first, after: $after, last: $last, before: $before) {
    nodes { id name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

const names = async (who: Voice, variables = {}): Promise<string[]> =>
  (await who.graphql(ROOMS, variables)).data.rooms.nodes.map(({ name }: { name: string }) => name);

describe("making a room", () => {
  test("makes its maker the owner and its first member", async () => {
    const made = await room(ann, { name: " Tea time ", slug: "tea", description: "Of leaves" });
    expect(made).toMatchObject({
      slug: "tea",
      name: "Tea time",
      title: "Tea time",
      description: "Of leaves",
      visibility: "PUBLIC",
      maxMembers: 1_000,
      memberCount: 1,
      kind: "ROOM",
      createdBy: { id: ann.id },
    });
    const { data } = await ann.graphql(ROOM, { slug: "TEA" });
    expect(data.room).toMatchObject({ id: made.id, viewerMembership: { role: "OWNER" } });
    expect(await notes(ann, made.id)).toEqual(["ann created Tea time."]);
  });

  test("gives it a slug where none was asked for", async () => {
    const made = await room(ann, { name: "茶" });
    expect(made.slug).toMatch(/^room-[0-9a-f]{12}$/);
  });

  test("takes a slug once, also where two ask at once", async () => {
    const asked = await Promise.all(
      [ann, bob].map((who) => attempt(who, "createRoom", { name: "Twice", slug: "twice" })),
    );
    expect(asked.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    expect(await refusal(attempt(cat, "createRoom", { name: "Thrice", slug: "twice" }))).toBe("CONFLICT slug");
    expect(await refusal(attempt(cat, "createRoom", { name: "All", slug: "global" }))).toBe("CONFLICT slug");
  });

  test.each([
    ["name", { name: "" }],
    ["name", { name: " \u200b " }],
    ["name", { name: "x".repeat(101) }],
    ["name", { name: "two\nlines" }],
    ["name", { name: "nul\0" }],
    ["name", { name: "Tea \u202Egnp.eet" }],
    ["slug", { name: "n", slug: "" }],
    ["slug", { name: "n", slug: "With Blanks" }],
    ["slug", { name: "n", slug: "x".repeat(65) }],
    ["description", { name: "n", description: "x".repeat(1_001) }],
    ["maxMembers", { name: "n", maxMembers: 1 }],
    ["maxMembers", { name: "n", maxMembers: 100_001 }],
  ])("refuses a bad %s: %j", async (field, input) => {
    expect(await refusal(attempt(ann, "createRoom", input))).toBe(`BAD_USER_INPUT ${field}`);
  });

  test("needs somebody who is logged in", async () => {
    const asked = post(server.url, `mutation { createRoom(input: { name: "x" }) { room { id } } }`);
    expect(await refusal(asked)).toBe("UNAUTHENTICATED");
  });
});

describe("a PRIVATE room", () => {
  test("does not exist for who is not in it, in the very words of an unknown id", async () => {
    const { id } = await room(ann, { visibility: "PRIVATE", slug: "hidden" });
    const unknown = "conv_999999";
    for (const query of [CONVERSATION, ROOM]) {
      const [hidden, missing] = await Promise.all([bob.graphql(query, { id }), bob.graphql(query, { id: unknown })]);
      expect(hidden.errors?.[0]?.message).toBe(missing.errors?.[0]?.message);
      expect(hidden.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND", field: "id" });
    }
    expect(await refusal(bob.graphql(ROOM, { slug: "hidden" }))).toBe("NOT_FOUND slug");
    expect((await bob.graphql(NODE, { id })).data.node).toBeNull();
    expect((await ann.graphql(NODE, { id })).data.node).toEqual({ id, __typename: "Room" });
    const { data } = await ann.graphql(CONVERSATION, { id });
    expect(data.conversation.title).toBe("Tea");
  });

  test.each([
    ["joinRoom", "roomId", {}],
    ["leaveConversation", "conversationId", {}],
    ["deleteConversation", "conversationId", {}],
    ["updateConversation", "conversationId", { name: "Mine" }],
    ["setNotificationLevel", "conversationId", { level: "NONE" }],
    ["createInvite", "conversationId", {}],
    ["addMembers", "conversationId", { userIds: ["user_1"] }],
    ["removeMember", "conversationId", { userId: "user_999999" }],
    ["updateMember", "conversationId", { userId: "user_1", muted: true }],
    ["sendMessage", "conversationId", { content: "hello" }],
  ] as const)("answers an outsider's %s with the NOT_FOUND of an unknown id", async (verb, field, rest) => {
    const { id } = await room(ann, { visibility: "PRIVATE" });
    const answers = await Promise.all(
      [id, "conv_999999"].map((target) => attempt(bob, verb, { [field]: target, ...rest })),
    );
    const told = answers.map(({ errors }) => ({
      text: errors?.[0]?.message,
      ...errors?.[0]?.extensions,
      requestId: "",
    }));
    expect(told[0]).toMatchObject({ code: "NOT_FOUND", field });
    expect(told[0]).toEqual(told[1]);
  });

  test("is seen, joined and kept in order by an administrator of the server", async () => {
    const { id } = await room(ann, { visibility: "PRIVATE" });
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    expect((await root.graphql(CONVERSATION, { id })).data.conversation.title).toBe("Tea");
    await does(root, "updateMember", { conversationId: id, userId: bob.id, muted: true });
    expect((await does(root, "joinRoom", { roomId: id })).room.memberCount).toBe(3);
    await does(root, "deleteConversation", { conversationId: id });
    expect(await refusal(ann.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND id");
  });
});

describe("finding rooms", () => {
  test("lists PUBLIC ones and one's own by name, both ways, and nothing else", async () => {
    const mark = "zebra";
    await Promise.all([
      room(ann, { name: `b ${mark}` }),
      room(ann, { name: `A ${mark}` }),
      room(ann, { name: `c ${mark}`, visibility: "PRIVATE" }),
      room(bob, { name: `d ${mark}`, visibility: "PRIVATE" }),
      room(bob, { name: `e 100%_${mark}` }),
    ]);
    expect(await names(ann, { search: mark })).toEqual([`A ${mark}`, `b ${mark}`, `c ${mark}`, `e 100%_${mark}`]);
    expect(await names(cat, { search: mark.toUpperCase() })).toEqual([`A ${mark}`, `b ${mark}`, `e 100%_${mark}`]);
    expect(await names(cat, { search: "0%_Z" })).toEqual([`e 100%_${mark}`]);
    expect(await names(cat, { search: "%" })).toEqual([`e 100%_${mark}`]);

    const first = (await ann.graphql(ROOMS, { search: mark, first: 2 })).data.rooms;
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const after = { search: mark, first: 2, after: first.pageInfo.endCursor };
    expect(await names(ann, after)).toEqual([`c ${mark}`, `e 100%_${mark}`]);
    expect(await names(ann, { search: mark, last: 3, before: first.pageInfo.endCursor })).toEqual([`A ${mark}`]);
    expect(await names(ann, { search: mark, last: 1 })).toEqual([`e 100%_${mark}`]);
  });

  test("refuses bad pages, searches and cursors by name", async () => {
    const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString("base64url");
    expect(await refusal(ann.graphql(ROOMS, { first: 101 }))).toBe("BAD_USER_INPUT first");
    expect(await refusal(ann.graphql(ROOMS, { search: "x".repeat(101) }))).toBe("BAD_USER_INPUT search");
    expect(await refusal(ann.graphql(ROOMS, { search: "nul\0" }))).toBe("BAD_USER_INPUT search");
    expect(await refusal(ann.graphql(ROOMS, { after: "nonsense" }))).toBe("BAD_USER_INPUT after");
    expect(await refusal(ann.graphql(ROOMS, { after: cursor(["nul\0", 1]) }))).toBe("BAD_USER_INPUT after");
    expect(await refusal(ann.graphql(ROOM, {}))).toBe("BAD_USER_INPUT id");
    expect(await refusal(ann.graphql(ROOM, { id: "conv_1", slug: "global" }))).toBe("BAD_USER_INPUT id");
    expect(await refusal(ann.graphql(ROOM, { id: "user_1" }))).toBe("BAD_USER_INPUT id");
    expect(await refusal(ann.graphql(ROOM, { slug: "nul\0" }))).toBe("NOT_FOUND slug");
  });

  test("finds no group as a room", async () => {
    const { group } = await does(ann, "createGroup", { name: "Us", memberIds: [bob.id] });
    expect(await refusal(ann.graphql(ROOM, { id: group.id }))).toBe("NOT_FOUND id");
    expect(await refusal(attempt(ann, "joinRoom", { roomId: group.id }))).toBe("BAD_USER_INPUT roomId");
  });
});

describe("joining and leaving", () => {
  test("lets anybody into a PUBLIC room, once", async () => {
    const { id } = await room(ann);
    await does(ann, "sendMessage", { conversationId: id, content: "before" });
    const joined = (await does(bob, "joinRoom", { roomId: id })).room;
    expect(joined).toMatchObject({ memberCount: 2, viewerMembership: { role: "MEMBER", lastReadSeq: 2 } });
    const again = (await does(bob, "joinRoom", { roomId: id })).room;
    expect(again).toMatchObject({ memberCount: 2, viewerMembership: { joinedAt: joined.viewerMembership.joinedAt } });
    expect(await notes(ann, id)).toEqual(["ann created Tea.", "bob joined."]);
  });

  test("gives the last place to one of two who come at once", async () => {
    const { id } = await room(ann, { maxMembers: 2 });
    const told = await Promise.all([bob, cat].map((who) => refusal(attempt(who, "joinRoom", { roomId: id }))));
    expect(told.toSorted()).toEqual(["CONFLICT roomId", "NONE"]);
    expect((await ann.graphql(ROOM, { id })).data.room.memberCount).toBe(2);
  });

  test("brings somebody who returns back as a member, who has read what was said meanwhile", async () => {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "ADMIN", muted: true });
    await does(bob, "leaveConversation", { conversationId: id });
    await does(ann, "sendMessage", { conversationId: id, content: "meanwhile" });
    expect((await does(bob, "joinRoom", { roomId: id })).room.viewerMembership).toMatchObject({
      role: "MEMBER",
      lastReadSeq: 4,
    });
    // Going out and coming in is no way round a mute.
    expect(await refusal(attempt(bob, "sendMessage", { conversationId: id, content: "hm" }))).toBe(
      "FORBIDDEN conversationId",
    );
  });

  test("keeps the last owner until somebody else owns it", async () => {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    expect(await refusal(attempt(ann, "leaveConversation", { conversationId: id }))).toBe("CONFLICT conversationId");
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "OWNER" });
    await does(ann, "leaveConversation", { conversationId: id });
    await does(bob, "leaveConversation", { conversationId: id });
    expect((await ann.graphql(ROOM, { id })).data.room).toMatchObject({ memberCount: 0, viewerMembership: null });
    await does(bob, "leaveConversation", { conversationId: id });
  });

  test("keeps one of two owners who leave at once", async () => {
    const { id } = await room(ann);
    await Promise.all([bob, cat].map((who) => does(who, "joinRoom", { roomId: id })));
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "OWNER" });
    const told = await Promise.all(
      [ann, bob].map((who) => refusal(attempt(who, "leaveConversation", { conversationId: id }))),
    );
    expect(told.toSorted()).toEqual(["CONFLICT conversationId", "NONE"]);
  });

  test("has everyone in the room global, who cannot leave, close or delete it", async () => {
    const { data } = await ann.graphql(ROOM, { slug: "global" });
    const { id } = data.room;
    expect(data.room.viewerMembership.role).toBe("MEMBER");
    expect(await refusal(attempt(ann, "leaveConversation", { conversationId: id }))).toBe("FORBIDDEN conversationId");
    expect(await refusal(attempt(ann, "updateConversation", { conversationId: id, name: "Mine" }))).toBe(
      "FORBIDDEN conversationId",
    );
    expect(await refusal(attempt(root, "deleteConversation", { conversationId: id }))).toBe("FORBIDDEN conversationId");
    expect(await refusal(attempt(root, "updateConversation", { conversationId: id, visibility: "PRIVATE" }))).toBe(
      "FORBIDDEN visibility",
    );
    expect(await refusal(attempt(root, "removeMember", { conversationId: id, userId: ann.id }))).toBe(
      "FORBIDDEN conversationId",
    );
    expect(await refusal(attempt(root, "updateMember", { conversationId: id, userId: ann.id, banned: true }))).toBe(
      "FORBIDDEN conversationId",
    );
  });
});

describe("changing and deleting", () => {
  test("changes what is asked and leaves the rest", async () => {
    const { id } = await room(ann, { description: "Of leaves" });
    const renamed = await does(ann, "updateConversation", { conversationId: id, name: "Coffee" });
    expect(renamed.conversation).toMatchObject({ title: "Coffee", description: "Of leaves", maxMembers: 1_000 });
    const changed = await does(ann, "updateConversation", {
      conversationId: id,
      description: null,
      visibility: "PRIVATE",
      maxMembers: 5,
      avatarUrl: "https://pictures.test/1.png",
    });
    expect(changed.conversation).toMatchObject({
      title: "Coffee",
      description: null,
      visibility: "PRIVATE",
      maxMembers: 5,
      avatarUrl: "https://pictures.test/1.png",
    });
    await does(ann, "updateConversation", { conversationId: id, name: "Coffee", maxMembers: 5 });
    expect(await notes(ann, id)).toEqual([
      "ann created Tea.",
      "ann renamed it to Coffee.",
      "ann changed its settings.",
    ]);
  });

  test("refuses members what is the moderators', and admins what is the owners'", async () => {
    const { id } = await room(ann);
    await Promise.all([bob, cat].map((who) => does(who, "joinRoom", { roomId: id })));
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "ADMIN" });
    const change = { conversationId: id, name: "Mine" };
    expect(await refusal(attempt(cat, "updateConversation", change))).toBe("FORBIDDEN conversationId");
    expect(await refusal(attempt(bob, "updateConversation", change))).toBe("NONE");
    const close = { conversationId: id, visibility: "PRIVATE" };
    expect(await refusal(attempt(bob, "updateConversation", close))).toBe("FORBIDDEN conversationId");
    expect(await refusal(attempt(bob, "deleteConversation", { conversationId: id }))).toBe("FORBIDDEN conversationId");
    expect(await refusal(attempt(ann, "updateConversation", close))).toBe("NONE");
    expect(await refusal(attempt(ann, "deleteConversation", { conversationId: id }))).toBe("NONE");
  });

  test("refuses bad settings by name", async () => {
    const { id: conversationId } = await room(ann);
    await Promise.all([bob, cat].map((who) => does(who, "joinRoom", { roomId: conversationId })));
    const told = (input: object) => refusal(attempt(ann, "updateConversation", { conversationId, ...input }));
    expect(await told({ name: "" })).toBe("BAD_USER_INPUT name");
    expect(await told({ description: "x".repeat(1_001) })).toBe("BAD_USER_INPUT description");
    expect(await told({ avatarUrl: "javascript:alert(1)" })).toBe("BAD_USER_INPUT avatarUrl");
    expect(await told({ maxMembers: 1 })).toBe("BAD_USER_INPUT maxMembers");
    expect(await told({ maxMembers: 2 })).toBe("CONFLICT maxMembers");
    expect(await told({ conversationId: "room_1" })).toBe("BAD_USER_INPUT conversationId");
  });

  test("lets nobody into a room that is deleted at the same time, and nothing of it stays", async () => {
    const { id } = await room(ann);
    const [joined, deleted] = await Promise.all([
      refusal(attempt(bob, "joinRoom", { roomId: id })),
      refusal(attempt(ann, "deleteConversation", { conversationId: id })),
    ]);
    expect(deleted).toBe("NONE");
    expect(["NONE", "NOT_FOUND roomId"]).toContain(joined);
    expect(await refusal(bob.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND id");
    const { data } = await bob.graphql(`{ viewer { conversations(first: 100) { nodes { id } } } }`);
    expect(data.viewer.conversations.nodes).not.toContainEqual({ id });
  });
});

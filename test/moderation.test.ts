import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listen } from "./support/conversation-ear.ts";
import { type Person, person } from "./support/people.ts";
import { administrator, attempt, does, inTurn, notes, refusal, room, type Voice } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let dan: Person;
let root: Voice;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat, dan] = await inTurn(server, "ann", "bob", "cat", "dan");
  root = await administrator(server);
});
afterAll(() => server.stop());

const CONVERSATION = `query ($id: ID!) { conversation(id: $id) { title memberCount } }`;
const BANNED = `query ($id: ID!) { conversation(id: $id) { bannedMembers { nodes { isBanned user { username } } } } }`;

/** A room that ann owns, in which bob is ADMIN, and cat and dan are. */
async function staffed(input = {}): Promise<string> {
  const { id } = await room(ann, input);
  await does(ann, "addMembers", { conversationId: id, userIds: [bob.id, cat.id, dan.id] });
  await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "ADMIN" });
  return id;
}

describe("who may do what", () => {
  const update = (who: Voice, conversationId: string, { id: userId }: Voice, changes: object) =>
    refusal(attempt(who, "updateMember", { conversationId, userId, ...changes }));
  const remove = (who: Voice, conversationId: string, { id: userId }: Voice) =>
    refusal(attempt(who, "removeMember", { conversationId, userId }));

  test("members act on nobody", async () => {
    const id = await staffed();
    for (const changes of [{ muted: true }, { banned: true }, { role: "ADMIN" }, { nickname: "Danny" }]) {
      expect(await update(cat, id, dan, changes)).toBe("FORBIDDEN conversationId");
    }
    expect(await remove(cat, id, dan)).toBe("FORBIDDEN conversationId");
    expect(await refusal(cat.graphql(BANNED, { id }))).toBe("FORBIDDEN conversationId");
  });

  test("admins act on members, and neither on each other nor on owners", async () => {
    const id = await staffed();
    await does(ann, "updateMember", { conversationId: id, userId: cat.id, role: "ADMIN" });
    for (const changes of [{ muted: true }, { nickname: "Nick" }, { banned: true }]) {
      expect(await update(bob, id, dan, changes)).toBe("NONE");
      expect(await update(bob, id, cat, changes)).toBe("FORBIDDEN userId");
      expect(await update(bob, id, ann, changes)).toBe("FORBIDDEN userId");
    }
    expect(await remove(bob, id, cat)).toBe("FORBIDDEN userId");
    expect(await remove(bob, id, ann)).toBe("FORBIDDEN userId");
    expect(await update(bob, id, cat, { role: "MEMBER" })).toBe("FORBIDDEN conversationId");
    expect(await update(bob, id, bob, { role: "OWNER" })).toBe("FORBIDDEN conversationId");
  });

  test("owners give roles, hand over, and give up the role once another owns it", async () => {
    const id = await staffed();
    expect(await update(ann, id, bob, { role: "MEMBER" })).toBe("NONE");
    expect(await update(ann, id, ann, { role: "MEMBER" })).toBe("CONFLICT role");
    expect(await update(ann, id, cat, { role: "OWNER" })).toBe("NONE");
    expect(await update(ann, id, cat, { role: "MEMBER" })).toBe("FORBIDDEN userId");
    expect(await update(ann, id, ann, { role: "MEMBER" })).toBe("NONE");
    expect(await update(ann, id, bob, { role: "ADMIN" })).toBe("FORBIDDEN conversationId");
    expect(await remove(cat, id, ann)).toBe("NONE");
    expect(await notes(cat, id)).toEqual([
      "ann created Tea.",
      "ann added bob, cat and dan.",
      "ann made cat an owner.",
      "cat removed ann.",
    ]);
  });

  test("of two owners who give up the role at once one stays", async () => {
    const id = await staffed();
    await does(ann, "updateMember", { conversationId: id, userId: cat.id, role: "OWNER" });
    const told = await Promise.all([ann, cat].map((who) => update(who, id, who, { role: "MEMBER" })));
    expect(told.toSorted()).toEqual(["CONFLICT role", "NONE"]);
  });

  test("administrators of the server act on everybody in rooms, but for the last owner", async () => {
    const id = await staffed();
    expect(await update(root, id, bob, { role: "OWNER" })).toBe("NONE");
    expect(await remove(root, id, ann)).toBe("NONE");
    expect(await update(root, id, bob, { banned: true })).toBe("CONFLICT banned");
    expect(await remove(root, id, bob)).toBe("CONFLICT userId");
    expect(await update(root, id, bob, { muted: true })).toBe("NONE");
  });

  test("what is asked of one member is done all or not at all", async () => {
    const id = await staffed();
    expect(await update(bob, id, cat, { nickname: "Kitty", role: "ADMIN" })).toBe("FORBIDDEN conversationId");
    const { data } = await ann.graphql(
      `query ($id: ID!) { conversation(id: $id) { members(role: MEMBER) { nodes { nickname user { username } } } } }`,
      { id },
    );
    expect(data.conversation.members.nodes).toContainEqual({ nickname: null, user: { username: "cat" } });
  });

  test("nobody is acted on who is not there, and bad input is refused by name", async () => {
    const id = await staffed();
    const eve = await person(server, "eve");
    expect(await remove(ann, id, eve)).toBe("NOT_FOUND userId");
    expect(await update(ann, id, eve, { banned: true })).toBe("NOT_FOUND userId");
    expect(await remove(ann, id, ann)).toBe("BAD_USER_INPUT userId");
    expect(await update(ann, id, cat, { nickname: "x".repeat(65) })).toBe("BAD_USER_INPUT nickname");
    expect(await update(ann, id, cat, { banned: true, muted: true })).toBe("BAD_USER_INPUT banned");
    await does(cat, "leaveConversation", { conversationId: id });
    expect(await update(ann, id, cat, { muted: true })).toBe("NOT_FOUND userId");
    expect(await update(ann, id, cat, { banned: true })).toBe("NONE");
  });
});

describe("nicknames", () => {
  test("are everybody's to give themselves, in direct conversations too", async () => {
    const id = await staffed();
    const named = await does(cat, "updateMember", { conversationId: id, userId: cat.id, nickname: " Kitty " });
    expect(named.member.nickname).toBe("Kitty");
    const cleared = await does(cat, "updateMember", { conversationId: id, userId: cat.id, nickname: null });
    expect(cleared.member.nickname).toBeNull();
    const { conversation } = await does(cat, "openDirectConversation", { userId: dan.id });
    const mine = { conversationId: conversation.id, userId: cat.id, nickname: "K" };
    expect((await does(cat, "updateMember", mine)).member.nickname).toBe("K");
    expect(await refusal(attempt(dan, "updateMember", mine))).toBe("FORBIDDEN conversationId");
  });

  test("are no way round a mute or a block: who may not write does not rename themselves either", async () => {
    const id = await staffed();
    const call = (conversationId: string, who: Voice, nickname: string | null) =>
      refusal(attempt(who, "updateMember", { conversationId, userId: who.id, nickname }));
    await does(ann, "updateMember", { conversationId: id, userId: cat.id, muted: true });
    expect(await call(id, cat, "I say")).toBe("FORBIDDEN conversationId");
    expect(await call(id, cat, null)).toBe("FORBIDDEN conversationId");
    expect(await call(id, dan, "Danny")).toBe("NONE");
    expect(await refusal(attempt(bob, "updateMember", { conversationId: id, userId: cat.id, nickname: "Kit" }))).toBe(
      "NONE",
    );

    const [hal, ida] = await Promise.all([person(server, "hal"), person(server, "ida")]);
    const { conversation } = await does(hal, "openDirectConversation", { userId: ida.id });
    expect(await call(conversation.id, hal, "H")).toBe("NONE");
    await does(ida, "blockUser", { userId: hal.id });
    expect(await call(conversation.id, hal, "Hear me")).toBe("FORBIDDEN conversationId");
  });

  test.each(["Tea\u202Ecat", "a\u2066b", "two\nlines", "\u200B"])(
    "refuse what hides or turns others: %j",
    async (nickname) => {
      const id = await staffed();
      const told = await refusal(attempt(cat, "updateMember", { conversationId: id, userId: cat.id, nickname }));
      expect(told).toBe("BAD_USER_INPUT nickname");
    },
  );
});

describe("a mute", () => {
  test("silences, and no longer than it lasts", async () => {
    const id = await staffed();
    const speak = () => refusal(attempt(cat, "sendMessage", { conversationId: id, content: "well" }));
    expect((await does(bob, "updateMember", { conversationId: id, userId: cat.id, muted: true })).member.isMuted).toBe(
      true,
    );
    expect(await speak()).toBe("FORBIDDEN conversationId");
    await does(bob, "updateMember", { conversationId: id, userId: cat.id, muted: false });
    expect(await speak()).toBe("NONE");
  });
});

describe("a ban", () => {
  test("puts out and keeps out until it is lifted", async () => {
    const id = await staffed();
    const banned = await does(bob, "updateMember", { conversationId: id, userId: cat.id, banned: true });
    expect(banned.member).toMatchObject({ isBanned: true, role: "MEMBER" });
    expect(await refusal(cat.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND id");
    expect(await refusal(attempt(cat, "joinRoom", { roomId: id }))).toBe("FORBIDDEN roomId");
    expect((await cat.graphql(`{ rooms(first: 100) { nodes { id } } }`)).data.rooms.nodes).not.toContainEqual({ id });
    expect((await bob.graphql(BANNED, { id })).data.conversation.bannedMembers.nodes).toEqual([
      { isBanned: true, user: { username: "cat" } },
    ]);
    expect((await ann.graphql(CONVERSATION, { id })).data.conversation.memberCount).toBe(3);

    await does(bob, "updateMember", { conversationId: id, userId: cat.id, banned: false });
    expect((await bob.graphql(BANNED, { id })).data.conversation.bannedMembers.nodes).toEqual([]);
    expect((await does(cat, "joinRoom", { roomId: id })).room.memberCount).toBe(4);
    expect((await notes(ann, id)).slice(2)).toEqual(["bob banned cat.", "bob lifted the ban of cat.", "cat joined."]);
  });

  test("from a PRIVATE room does not tell that there is one", async () => {
    const id = await staffed({ visibility: "PRIVATE" });
    await does(ann, "updateMember", { conversationId: id, userId: cat.id, banned: true });
    expect(await refusal(attempt(cat, "joinRoom", { roomId: id }))).toBe("NOT_FOUND roomId");
  });

  test("holds against who comes back at the same moment", async () => {
    const id = await staffed();
    await does(cat, "leaveConversation", { conversationId: id });
    await Promise.all([
      does(ann, "updateMember", { conversationId: id, userId: cat.id, banned: true }),
      attempt(cat, "joinRoom", { roomId: id }),
    ]);
    expect(await refusal(cat.graphql(CONVERSATION, { id }))).toBe("NOT_FOUND id");
    expect(await refusal(attempt(cat, "joinRoom", { roomId: id }))).toBe("FORBIDDEN roomId");
    expect((await ann.graphql(CONVERSATION, { id })).data.conversation.memberCount).toBe(3);
  });
});

describe("conversationChanged", () => {
  test("tells members who comes, goes and changes, and outsiders nothing", async () => {
    await using member = await listen(ann);
    await using outsider = await listen(dan);
    const { id } = await room(ann, { visibility: "PRIVATE" });
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, muted: true });
    await does(ann, "updateConversation", { conversationId: id, name: "Coffee" });
    await does(bob, "leaveConversation", { conversationId: id });
    const heard = await member.of(id);
    expect(heard.map(({ change, user }) => [change, user?.id ?? null])).toEqual([
      ["CREATED", null],
      ["MEMBER_JOINED", bob.id],
      ["MEMBER_CHANGED", bob.id],
      ["UPDATED", null],
      ["MEMBER_LEFT", bob.id],
    ]);
    expect(heard.at(-1)?.conversation).toEqual({ title: "Coffee", memberCount: 1 });
    expect(await outsider.of(id)).toEqual([]);
  });

  test("tells the one concerned, once, and nothing after they are out", async () => {
    await using ear = await listen(bob);
    const { id } = await room(ann, { visibility: "PRIVATE" });
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    await ear.of(id);
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, banned: true });
    await does(ann, "updateConversation", { conversationId: id, name: "Without bob" });
    const heard = await ear.of(id);
    expect(heard.map(({ change }) => change)).toEqual(["MEMBER_JOINED", "MEMBER_LEFT"]);
    expect(heard.at(-1)).toMatchObject({ conversation: null, user: { id: bob.id } });
  });

  test("tells both of a direct conversation that it is there, and everybody that something is no more", async () => {
    const [fay, gus] = await Promise.all([person(server, "fay"), person(server, "gus")]);
    await using ear = await listen(gus);
    const { conversation } = await does(fay, "openDirectConversation", { userId: gus.id });
    expect((await ear.of(conversation.id)).map(({ change }) => change)).toEqual(["CREATED"]);
    const { group } = await does(fay, "createGroup", { name: "Us", memberIds: [gus.id] });
    await does(fay, "deleteConversation", { conversationId: group.id });
    const heard = await ear.of(group.id);
    expect(heard.map(({ change }) => change)).toEqual(["CREATED", "DELETED"]);
    expect(heard.at(-1)?.conversation).toBeNull();
  });
});

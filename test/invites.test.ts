import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Person } from "./support/people.ts";
import { administrator, attempt, does, inTurn, refusal, room, type Voice } from "./support/rooms.ts";
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

const INVITE = `query ($code: String!) { invite(code: $code) { code uses maxUses expiresAt conversation {
  id title kind memberCount viewerMembership { role } ... on Room { description } } } }`;
const PEEK = (field: string): string => `query ($code: String!) { invite(code: $code) { conversation { ${field} } } }`;

const hidden = async (): Promise<string> =>
  (await room(ann, { name: "Attic", description: "Above", visibility: "PRIVATE" })).id;
const invite = async (conversationId: string, terms = {}) =>
  (await does(ann, "createInvite", { conversationId, ...terms })).invite;
const accept = (who: Voice, code: string) => attempt(who, "acceptInvite", { code });

/** Lets an invite grow old, without waiting for it. */
const expire = (code: string) =>
  server.services.database.pool.query("update invites set expires_at = now() - interval '1 second' where code = $1", [
    code,
  ]);

describe("an invite", () => {
  test("lets somebody into a PRIVATE room", async () => {
    const id = await hidden();
    const made = await invite(id);
    expect(made).toMatchObject({ uses: 0, maxUses: null, expiresAt: null, conversation: { id } });
    expect(made.code).toMatch(/^[\w-]{22}$/);
    const { conversation } = await does(bob, "acceptInvite", { code: made.code });
    expect(conversation).toEqual({ id, memberCount: 2, viewerMembership: { role: "MEMBER" } });
    expect((await bob.graphql(INVITE, { code: made.code })).data.invite.uses).toBe(1);
  });

  test("shows who holds it where it leads to, but neither people nor messages", async () => {
    const id = await hidden();
    const { code } = await invite(id, { maxUses: 3 });
    const { data } = await bob.graphql(INVITE, { code });
    expect(data.invite).toMatchObject({
      code,
      maxUses: 3,
      conversation: { id, title: "Attic", description: "Above", memberCount: 1, viewerMembership: null },
    });
    const createdBy = "... on Room { createdBy { id } }";
    const aboutMessages = ["messages { nodes { id } }", "lastMessage { id }", "lastSeq", "updatedAt"];
    for (const field of ["members { nodes { id } }", createdBy, ...aboutMessages]) {
      expect(await refusal(bob.graphql(PEEK(field), { code })), field).toBe("FORBIDDEN");
      expect(await refusal(ann.graphql(PEEK(field), { code })), field).toBe("NONE");
    }
    expect(await refusal(bob.graphql(`query ($id: ID!) { conversation(id: $id) { id } }`, { id }))).toBe(
      "NOT_FOUND id",
    );
  });

  test("lets its last use be one person's, of however many come at once", async () => {
    const { code } = await invite(await hidden(), { maxUses: 1 });
    const told = await Promise.all([bob, cat, root].map((who) => refusal(accept(who, code))));
    expect(told.toSorted()).toEqual(["EXPIRED code", "EXPIRED code", "NONE"]);
    expect(await refusal(root.graphql(INVITE, { code }))).toBe("EXPIRED code");
  });

  test("uses nothing up for who is in already, even when it is used up", async () => {
    const { code } = await invite(await hidden(), { maxUses: 1 });
    await does(bob, "acceptInvite", { code });
    expect(await refusal(accept(bob, code))).toBe("NONE");
    expect(await refusal(accept(ann, code))).toBe("NONE");
  });

  test("ends when its time has come", async () => {
    const { code } = await invite(await hidden(), { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await refusal(bob.graphql(INVITE, { code }))).toBe("NONE");
    await expire(code);
    expect(await refusal(accept(bob, code))).toBe("EXPIRED code");
    expect(await refusal(bob.graphql(INVITE, { code }))).toBe("EXPIRED code");
  });

  test("takes nobody into what is full, and nobody who is banned", async () => {
    const id = await hidden();
    const { code } = await invite(id);
    await does(bob, "acceptInvite", { code });
    await does(ann, "updateConversation", { conversationId: id, maxMembers: 2 });
    expect(await refusal(accept(cat, code))).toBe("CONFLICT code");
    await does(ann, "updateMember", { conversationId: id, userId: bob.id, banned: true });
    expect(await refusal(accept(bob, code))).toBe("FORBIDDEN code");
    expect(await refusal(bob.graphql(INVITE, { code }))).toBe("FORBIDDEN code");
    expect(await refusal(accept(cat, code))).toBe("NONE");
  });

  test("holds no longer than its maker may invite", async () => {
    const id = await hidden();
    for (const out of [
      { verb: "removeMember", input: {} },
      { verb: "updateMember", input: { role: "MEMBER" } },
      { verb: "updateMember", input: { banned: true } },
    ] as const) {
      await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
      await does(ann, "updateMember", { conversationId: id, userId: bob.id, role: "ADMIN" });
      const { code } = (await does(bob, "createInvite", { conversationId: id })).invite;
      await does(ann, out.verb, { conversationId: id, userId: bob.id, ...out.input });
      expect(await refusal(accept(cat, code))).toBe("NOT_FOUND code");
    }
  });

  test("is the moderators' to make, in rooms and groups", async () => {
    const id = await hidden();
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    expect(await refusal(attempt(bob, "createInvite", { conversationId: id }))).toBe("FORBIDDEN conversationId");
    const { group } = await does(ann, "createGroup", { name: "Us", memberIds: [] });
    const { code } = await invite(group.id);
    expect((await does(bob, "acceptInvite", { code })).conversation.id).toBe(group.id);
  });

  test("is refused with bad terms and unknown codes, by name", async () => {
    const conversationId = await hidden();
    const told = (terms: object) => refusal(attempt(ann, "createInvite", { conversationId, ...terms }));
    expect(await told({ maxUses: 0 })).toBe("BAD_USER_INPUT maxUses");
    expect(await told({ maxUses: 100_001 })).toBe("BAD_USER_INPUT maxUses");
    expect(await told({ expiresAt: new Date(0).toISOString() })).toBe("BAD_USER_INPUT expiresAt");
    for (const code of ["unknown", "", "nul\0"]) {
      expect(await refusal(accept(bob, code))).toBe("NOT_FOUND code");
      expect(await refusal(bob.graphql(INVITE, { code }))).toBe("NOT_FOUND code");
    }
  });

  test("is one of a hundred at the most that hold at a time", async () => {
    const conversationId = await hidden();
    const codes: string[] = [];
    for (let made = 0; made < 100; made += 1) codes.push((await invite(conversationId)).code);
    expect(await refusal(attempt(ann, "createInvite", { conversationId }))).toBe("CONFLICT conversationId");
    await expire(codes[0] ?? "");
    expect(await refusal(attempt(ann, "createInvite", { conversationId }))).toBe("NONE");
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { countStatements, statementsOf } from "./log/support/statements.ts";
import { type Person, person } from "./support/people.ts";
import { administrator, attempt, does, inTurn, notes, refusal, type Voice } from "./support/rooms.ts";
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

const CONVERSATION = `query ($id: ID!) { conversation(id: $id) { id title memberCount } }`;
const MINE = `query ($kind: ConversationKind) { viewer { conversations(kind: $kind) { nodes { id } } } }`;

describe("a group", () => {
  test("is there for those who were put into it, and for nobody else", async () => {
    const { group } = await does(ann, "createGroup", {
      name: "Us",
      description: "Two",
      memberIds: [bob.id, ann.id, bob.id],
    });
    expect(group).toMatchObject({ name: "Us", title: "Us", description: "Two", kind: "GROUP", memberCount: 2 });
    expect(group.members.nodes).toEqual([
      { role: "OWNER", user: { id: ann.id } },
      { role: "MEMBER", user: { id: bob.id } },
    ]);
    expect((await bob.graphql(CONVERSATION, { id: group.id })).data.conversation.memberCount).toBe(2);
    expect((await bob.graphql(MINE, { kind: "GROUP" })).data.viewer.conversations.nodes).toContainEqual({
      id: group.id,
    });
    expect(await refusal(cat.graphql(CONVERSATION, { id: group.id }))).toBe("NOT_FOUND id");
    expect(await refusal(attempt(cat, "joinRoom", { roomId: group.id }))).toBe("NOT_FOUND roomId");
    expect(await notes(bob, group.id)).toEqual(["ann created Us."]);
  });

  test("is no business of the server's administrators", async () => {
    const { group } = await does(ann, "createGroup", { name: "Us", memberIds: [bob.id] });
    expect(await refusal(root.graphql(CONVERSATION, { id: group.id }))).toBe("NOT_FOUND id");
    expect(await refusal(attempt(root, "deleteConversation", { conversationId: group.id }))).toBe(
      "NOT_FOUND conversationId",
    );
    await does(ann, "addMembers", { conversationId: group.id, userIds: [root.id] });
    expect(await refusal(attempt(root, "deleteConversation", { conversationId: group.id }))).toBe(
      "FORBIDDEN conversationId",
    );
  });

  test("is not made where one of those asked for cannot be reached, whatever the reason", async () => {
    const [dan, eve] = await Promise.all([person(server, "dan"), person(server, "eve")]);
    await does(dan, "blockUser", { userId: ann.id });
    await does(eve, "updateProfile", { directMessagePolicy: "FRIENDS" });
    const told = await Promise.all(
      [dan, eve].map((who) => attempt(ann, "createGroup", { name: "All", memberIds: [bob.id, who.id] })),
    );
    expect(told[0]?.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", field: "memberIds" });
    expect(told[0]?.errors?.[0]?.message).toBe(told[1]?.errors?.[0]?.message);
    for (const who of [dan, eve]) {
      expect((await who.graphql(MINE, { kind: "GROUP" })).data.viewer.conversations.nodes).toEqual([]);
    }
    expect((await does(bob, "createGroup", { name: "All", memberIds: [dan.id] })).group.memberCount).toBe(2);
  });

  test("refuses bad input by name", async () => {
    const many = Array.from({ length: 102 }, (_, index) => `user_${index + 1}`);
    const told = (input: object) => refusal(attempt(ann, "createGroup", { name: "Us", memberIds: [], ...input }));
    expect(await told({ memberIds: many })).toBe("BAD_USER_INPUT memberIds");
    expect(await told({ memberIds: ["conv_1"] })).toBe("BAD_USER_INPUT memberIds");
    expect(await told({ memberIds: ["user_999999"] })).toBe("NOT_FOUND memberIds");
    expect(await told({ name: "x".repeat(101) })).toBe("BAD_USER_INPUT name");
    const { group } = await does(ann, "createGroup", { name: "Alone", memberIds: [] });
    expect(group.memberCount).toBe(1);
    expect(await refusal(attempt(ann, "updateConversation", { conversationId: group.id, visibility: "PUBLIC" }))).toBe(
      "BAD_USER_INPUT visibility",
    );
  });
});

describe("adding people", () => {
  test("puts in who was not in, and leaves who was", async () => {
    const { group } = await does(ann, "createGroup", { name: "Us", memberIds: [bob.id] });
    const added = await does(ann, "addMembers", { conversationId: group.id, userIds: [cat.id, bob.id] });
    expect(added.conversation.memberCount).toBe(3);
    expect(added.members).toEqual([
      { role: "MEMBER", user: { id: bob.id } },
      { role: "MEMBER", user: { id: cat.id } },
    ]);
    expect(await notes(cat, group.id)).toEqual(["ann created Us.", "ann added cat."]);
    expect((await cat.graphql(CONVERSATION, { id: group.id })).data.conversation.title).toBe("Us");
  });

  test("takes as many statements for many as for few", async () => {
    const others = await Promise.all(Array.from({ length: 9 }, (_, n) => person(server, `other-${n}`)));
    const count = countStatements(server);
    const taken = async (memberIds: string[]): Promise<number> => {
      await does(ann, "createGroup", { name: "Us", memberIds });
      return statementsOf(count, () => does(ann, "createGroup", { name: "Us", memberIds }));
    };
    const ids = others.map(({ id }) => id);
    expect(await taken(ids)).toBe(await taken(ids.slice(0, 2)));
    await does(others[8] as Person, "blockUser", { userId: ann.id });
    expect(await refusal(attempt(ann, "createGroup", { name: "Us", memberIds: ids }))).toBe("FORBIDDEN memberIds");
  });

  test("is for moderators, and adds all or none", async () => {
    const conversationId = (await does(ann, "createGroup", { name: "Us", memberIds: [bob.id] })).group.id;
    expect(await refusal(attempt(bob, "addMembers", { conversationId, userIds: [cat.id] }))).toBe(
      "FORBIDDEN conversationId",
    );
    expect(await refusal(attempt(ann, "addMembers", { conversationId, userIds: [] }))).toBe("BAD_USER_INPUT userIds");
    expect(await refusal(attempt(ann, "addMembers", { conversationId, userIds: [cat.id, "user_999999"] }))).toBe(
      "NOT_FOUND userIds",
    );
    await does(ann, "updateConversation", { conversationId, maxMembers: 3 });
    const [fay, gus] = await Promise.all([person(server, "fay"), person(server, "gus")]);
    expect(await refusal(attempt(ann, "addMembers", { conversationId, userIds: [fay.id, gus.id] }))).toBe(
      "CONFLICT userIds",
    );
    await does(gus, "blockUser", { userId: ann.id });
    expect(await refusal(attempt(ann, "addMembers", { conversationId, userIds: [gus.id] }))).toBe("FORBIDDEN userIds");
    await does(ann, "updateMember", { conversationId, userId: bob.id, banned: true });
    expect(await refusal(attempt(ann, "addMembers", { conversationId, userIds: [bob.id, fay.id] }))).toBe(
      "FORBIDDEN userIds",
    );
    expect((await ann.graphql(CONVERSATION, { id: conversationId })).data.conversation.memberCount).toBe(1);
  });

  test("gives the last place to one of two who are added at once", async () => {
    const conversationId = (await does(ann, "createGroup", { name: "Us", memberIds: [] })).group.id;
    await does(ann, "updateConversation", { conversationId, maxMembers: 2 });
    const told = await Promise.all(
      [bob, cat].map(({ id }) => refusal(attempt(ann, "addMembers", { conversationId, userIds: [id] }))),
    );
    expect(told.toSorted()).toEqual(["CONFLICT userIds", "NONE"]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let ben: Person;
let stranger: Person;
let ids: { user: string; group: string; member: string; message: string; request: string };
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  ben = await person(server, "ben");
  stranger = await person(server, "stranger");
  const made = await ann.graphql(
    "mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id viewerMembership { id } } } }",
    { input: { name: "Tea", memberIds: [ben.id] } },
  );
  const { group } = made.data.createGroup;
  const sent = await ann.graphql(
    "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }",
    { input: { conversationId: group.id, content: "Hello" } },
  );
  const asked = await ann.graphql(
    "mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { friendRequest { id } } }",
    { input: { userId: ben.id } },
  );
  ids = {
    user: ann.id,
    group: group.id,
    member: group.viewerMembership.id,
    message: sent.data.sendMessage.message.id,
    request: asked.data.sendFriendRequest.friendRequest.id,
  };
});
afterAll(() => server.stop());

const NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
const seenBy = async (who: Person): Promise<unknown> =>
  (await who.graphql(NODES, { ids: Object.values(ids) })).data.nodes;

describe("a node", () => {
  it("of every type is found by its id, in the order of the ids", async () => {
    expect(await seenBy(ben)).toEqual([
      { __typename: "User", id: ids.user },
      { __typename: "Group", id: ids.group },
      { __typename: "Member", id: ids.member },
      { __typename: "Message", id: ids.message },
      { __typename: "FriendRequest", id: ids.request },
    ]);
  });

  it("does not exist for whoever may not see it, just like one that nobody has", async () => {
    expect(await seenBy(stranger)).toEqual([{ __typename: "User", id: ids.user }, null, null, null, null]);
    const { data, errors } = await stranger.graphql(NODES, { ids: ["conv_999999", "msg_999999", "file_1"] });
    expect([data, errors]).toEqual([{ nodes: [null, null, null] }, undefined]);
  });

  it("is asked for by an id that is one", async () => {
    for (const id of ["", "user_", "user_0", "user_01", "user_1.5", "room_1", "user_99999999999999999", "USER_1"]) {
      const { errors } = await ann.graphql("query ($id: ID!) { node(id: $id) { id } }", { id });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "id" });
    }
  });
});

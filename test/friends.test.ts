import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  BLOCK,
  CANCEL,
  REMOVE,
  RESPOND,
  SEND,
  UNBLOCK,
  about,
  between,
  cancel,
  friendsAndStranger,
  refusalOf,
  requestIn,
  respond,
  send,
  stateOf,
  strangers,
} from "./support/friends.ts";
import { post } from "./support/graphql-client.ts";
import { type TestServer, startServer } from "./support/server.ts";

const REQUEST = `id status message from { username } to { username }`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe("a friend request", () => {
  test("is seen by both, and by nobody else", async () => {
    const [ada, bea, eve] = await strangers(server);
    const sent = await send(ada, bea, "你好, it's me 👋");
    const friendRequest = {
      id: requestIn(sent),
      status: "PENDING",
      message: "你好, it's me 👋",
      from: { username: ada.username },
      to: { username: bea.username },
    };
    expect(sent.data.sendFriendRequest.friendRequest).toEqual(friendRequest);
    expect(await between(ada, bea)).toEqual(["REQUEST_SENT", "REQUEST_RECEIVED"]);

    const lists = `query ($id: ID!) {
      viewer {
        incoming: friendRequests(direction: INCOMING) { nodes { ${REQUEST} } }
        outgoing: friendRequests(direction: OUTGOING) { nodes { ${REQUEST} } }
        both: friendRequests { nodes { ${REQUEST} } }
      }
      node(id: $id) { id }
    }`;
    const seen = await Promise.all([ada, bea, eve].map((who) => who.graphql(lists, { id: friendRequest.id })));
    const [one, none] = [{ nodes: [friendRequest] }, { nodes: [] }];
    expect(seen.map(({ data }) => data)).toEqual([
      { viewer: { incoming: none, outgoing: one, both: one }, node: { id: friendRequest.id } },
      { viewer: { incoming: one, outgoing: none, both: one }, node: { id: friendRequest.id } },
      { viewer: { incoming: none, outgoing: none, both: none }, node: null },
    ]);
    expect(await between(eve, ada)).toEqual(["NONE", "NONE"]);
  });

  test("that is accepted makes two friends", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    const { data } = await respond(bea, id, true);
    expect(data.respondToFriendRequest.friendRequest).toMatchObject({ id, status: "ACCEPTED" });
    expect(await between(ada, bea)).toEqual(["FRIENDS", "FRIENDS"]);
  });

  test("that is rejected leaves two strangers, of whom one may ask again", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    const { data } = await respond(bea, id, false);
    expect(data.respondToFriendRequest.friendRequest).toMatchObject({ id, status: "REJECTED" });
    expect(await between(ada, bea)).toEqual(["NONE", "NONE"]);
    expect((await send(ada, bea)).errors).toBeUndefined();
  });

  test("that is taken back leaves two strangers", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    const { data } = await cancel(ada, id);
    expect(data.cancelFriendRequest.friendRequest).toMatchObject({ id, status: "CANCELLED" });
    expect(await between(ada, bea)).toEqual(["NONE", "NONE"]);
  });

  test("to somebody who has asked already makes two friends", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    const { data } = await send(bea, ada);
    expect(data.sendFriendRequest.friendRequest).toMatchObject({ id, status: "ACCEPTED" });
    expect(await between(ada, bea)).toEqual(["FRIENDS", "FRIENDS"]);
  });

  test("can be neither answered by its sender, nor taken back by its receiver, nor touched by others", async () => {
    const [ada, bea, eve] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    expect(refusalOf(await respond(ada, id, true))).toBe("FORBIDDEN friendRequestId");
    expect(refusalOf(await cancel(bea, id))).toBe("FORBIDDEN friendRequestId");
    const [foreign, unknown] = [await respond(eve, id, true), await respond(eve, "freq_999999", true)];
    expect(refusalOf(foreign)).toBe("NOT_FOUND friendRequestId");
    expect(foreign.errors?.[0]?.message).toBe(unknown.errors?.[0]?.message);
    expect(refusalOf(await cancel(eve, id))).toBe("NOT_FOUND friendRequestId");
    expect(await between(ada, bea)).toEqual(["REQUEST_SENT", "REQUEST_RECEIVED"]);
  });

  test("is answered once", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    await respond(bea, id, false);
    expect(refusalOf(await respond(bea, id, true))).toBe("CONFLICT friendRequestId");
    expect(refusalOf(await cancel(ada, id))).toBe("CONFLICT friendRequestId");
    expect(await between(ada, bea)).toEqual(["NONE", "NONE"]);
  });

  test("is not sent twice, nor to a friend, nor to oneself, nor to nobody", async () => {
    const [ada, bea] = await strangers(server);
    await send(ada, bea);
    expect(refusalOf(await send(ada, bea))).toBe("CONFLICT userId");
    await send(bea, ada);
    expect(refusalOf(await send(ada, bea))).toBe("CONFLICT userId");
    expect(refusalOf(await send(ada, ada))).toBe("BAD_USER_INPUT userId");
    expect(refusalOf(await ada.graphql(SEND, { input: { userId: "user_999999" } }))).toBe("NOT_FOUND userId");
  });

  test.each([
    ["userId", SEND, { userId: "conv_1" }],
    ["userId", SEND, { userId: "user_0" }],
    ["message", SEND, { userId: "user_1", message: "x".repeat(501) }],
    ["message", SEND, { userId: "user_1", message: "\0" }],
    ["friendRequestId", RESPOND, { friendRequestId: "user_1", accept: true }],
    ["friendRequestId", CANCEL, { friendRequestId: "1" }],
    ["userId", REMOVE, { userId: "freq_1" }],
    ["userId", BLOCK, { userId: "" }],
    ["userId", UNBLOCK, { userId: "user_99999999999999999999" }],
  ])("is refused where %s is malformed (%#)", async (field, mutation, input) => {
    const [ada] = await strangers(server);
    expect(refusalOf(await ada.graphql(mutation, { input }))).toBe(`BAD_USER_INPUT ${field}`);
  });

  test("of 500 characters is taken", async () => {
    const [ada, bea] = await strangers(server);
    const { data } = await send(ada, bea, "😀".repeat(500));
    expect(data.sendFriendRequest.friendRequest.message).toBe("😀".repeat(500));
  });

  test("needs somebody who is logged in", async () => {
    const [ada] = await strangers(server);
    for (const [mutation, input] of [
      [SEND, { userId: ada.id }],
      [RESPOND, { friendRequestId: "freq_1", accept: true }],
      [CANCEL, { friendRequestId: "freq_1" }],
      [REMOVE, { userId: ada.id }],
      [BLOCK, { userId: ada.id }],
      [UNBLOCK, { userId: ada.id }],
    ] as const) {
      expect(refusalOf(await post(server.url, mutation, { input }))).toBe("UNAUTHENTICATED");
    }
  });
});

describe("at once", () => {
  test("many requests of one to another are one", async () => {
    const [ada, bea] = await strangers(server);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(ada, bea)));
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const { data } = await bea.graphql(`{ viewer { friendRequests { nodes { id } } } }`);
    expect(data.viewer.friendRequests.nodes).toHaveLength(1);
  });

  test("two who ask each other become friends", async () => {
    const [ada, bea] = await strangers(server);
    const answers = await Promise.all([send(ada, bea), send(bea, ada)]);
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined]);
    expect(await between(ada, bea)).toEqual(["FRIENDS", "FRIENDS"]);
  });

  test("yes and taking back: one of them counts, for both", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    const [yes, back] = await Promise.all([respond(bea, id, true), cancel(ada, id)]);
    const expected = yes.errors === undefined ? "FRIENDS" : "NONE";
    expect(refusalOf(yes.errors === undefined ? back : yes)).toBe("CONFLICT friendRequestId");
    expect(await between(ada, bea)).toEqual([expected, expected]);
  });

  test("yes and a block leave no friendship", async () => {
    const [ada, bea] = await strangers(server);
    const id = requestIn(await send(ada, bea));
    await Promise.all([respond(bea, id, true), about(ada, BLOCK, bea)]);
    expect(await between(ada, bea)).toEqual(["BLOCKED", "NONE"]);
  });
});

describe("a friendship", () => {
  test("is listed by name on either side, page by page", async () => {
    const [[zoe], others] = [await strangers(server), await strangers(server)];
    for (const other of others) {
      await send(other, zoe);
      await send(zoe, other);
    }
    const page = `query ($after: String) {
      viewer { friends(first: 2, after: $after) { nodes { username friendship } pageInfo { hasNextPage endCursor } } }
    }`;
    const first = (await zoe.graphql(page)).data.viewer.friends;
    const second = (await zoe.graphql(page, { after: first.pageInfo.endCursor })).data.viewer.friends;
    const names = others.map(({ username }) => ({ username, friendship: "FRIENDS" }));
    names.sort((a, b) => (a.username < b.username ? -1 : 1));
    expect([...first.nodes, ...second.nodes]).toEqual(names);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const { data } = await others[0].graphql(`{ viewer { friends { nodes { username } } } }`);
    expect(data.viewer.friends.nodes).toEqual([{ username: zoe.username }]);
  });

  test("ends for both when one of them ends it, once", async () => {
    const [ada, bea] = await friendsAndStranger(server);
    const { data } = await about(bea, REMOVE, ada);
    expect(data.removeFriend.user).toEqual({ username: ada.username, friendship: "NONE" });
    expect(await between(ada, bea)).toEqual(["NONE", "NONE"]);
    expect(refusalOf(await about(bea, REMOVE, ada))).toBe("NOT_FOUND userId");
  });

  test("is not for strangers to end", async () => {
    const [ada, bea, eve] = await friendsAndStranger(server);
    expect(refusalOf(await about(eve, REMOVE, ada))).toBe("NOT_FOUND userId");
    expect(refusalOf(await about(ada, REMOVE, ada))).toBe("BAD_USER_INPUT userId");
    expect(await between(ada, bea)).toEqual(["FRIENDS", "FRIENDS"]);
  });

  test("with oneself is SELF, and without a viewer NONE", async () => {
    const [ada] = await strangers(server);
    expect(await stateOf(ada, ada)).toBe("SELF");
    const register = `mutation ($input: RegisterInput!) { register(input: $input) { user { friendship } } }`;
    const input = { username: `fay-${randomBytes(4).toString("hex")}`, password: "long enough" };
    const { data } = await post(server.url, register, { input });
    expect(data.register.user.friendship).toBe("NONE");
  });
});

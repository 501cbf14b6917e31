import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  BLOCK,
  UNBLOCK,
  about,
  between,
  friendsAndStranger,
  refusalOf,
  requestIn,
  send,
  strangers,
} from "./support/friends.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe("a block", () => {
  test("ends a friendship, and only the blocker sees it", async () => {
    const [ada, bea] = await friendsAndStranger(server);
    const { data } = await about(ada, BLOCK, bea);
    expect(data.blockUser.user).toEqual({ username: bea.username, friendship: "BLOCKED" });
    expect(await between(ada, bea)).toEqual(["BLOCKED", "NONE"]);
    const list = `{ viewer { blockedUsers { nodes { username } } friends { nodes { username } } } }`;
    const [hers, theirs] = [await ada.graphql(list), await bea.graphql(list)];
    expect(hers.data.viewer).toEqual({ blockedUsers: { nodes: [{ username: bea.username }] }, friends: { nodes: [] } });
    expect(theirs.data.viewer).toEqual({ blockedUsers: { nodes: [] }, friends: { nodes: [] } });
  });

  test("takes back the request of who blocks, and rejects that of who is blocked, as could be done by hand", async () => {
    const [ada, bea] = await strangers(server);
    const [cyd, dan] = await strangers(server);
    const fromBlocked = requestIn(await send(bea, ada));
    const fromBlocker = requestIn(await send(cyd, dan));
    await about(ada, BLOCK, bea);
    await about(cyd, BLOCK, dan);
    for (const [who, id, status] of [
      [bea, fromBlocked, "REJECTED"],
      [dan, fromBlocker, "CANCELLED"],
    ] as const) {
      const { data } = await who.graphql(`query ($id: ID!) { node(id: $id) { ... on FriendRequest { status } } }`, {
        id,
      });
      expect(data.node.status).toBe(status);
    }
  });

  test("refuses the blocked with words that do not tell, and the blocker with words that do", async () => {
    const [ada, bea] = await strangers(server);
    await about(ada, BLOCK, bea);
    const blocked = await send(bea, ada);
    expect(refusalOf(blocked)).toBe("FORBIDDEN userId");
    expect(blocked.errors?.[0]?.message).toBe("This person cannot be reached.");
    const blocker = await send(ada, bea);
    expect(refusalOf(blocker)).toBe("FORBIDDEN userId");
    expect(blocker.errors?.[0]?.message).toContain("Unblock");
  });

  test("changes nothing the second time, and lifts once", async () => {
    const [ada, bea] = await strangers(server);
    await about(ada, BLOCK, bea);
    expect((await about(ada, BLOCK, bea)).errors).toBeUndefined();
    const { data } = await about(ada, UNBLOCK, bea);
    expect(data.unblockUser.user).toEqual({ username: bea.username, friendship: "NONE" });
    expect(refusalOf(await about(ada, UNBLOCK, bea))).toBe("NOT_FOUND userId");
    expect((await send(bea, ada)).errors).toBeUndefined();
  });

  test("is not lifted by the blocked", async () => {
    const [ada, bea] = await strangers(server);
    await about(ada, BLOCK, bea);
    expect(refusalOf(await about(bea, UNBLOCK, ada))).toBe("NOT_FOUND userId");
    expect(refusalOf(await send(bea, ada))).toBe("FORBIDDEN userId");
  });

  test("is neither for oneself nor for nobody", async () => {
    const [ada] = await strangers(server);
    expect(refusalOf(await about(ada, BLOCK, ada))).toBe("BAD_USER_INPUT userId");
    expect(refusalOf(await ada.graphql(BLOCK, { input: { userId: "user_999999" } }))).toBe("NOT_FOUND userId");
  });
});

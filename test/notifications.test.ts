import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { act, direct, group, notified, settled, unreadOf, write } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { does, inTurn, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let round = 0;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  round += 1;
  [ann, bob, cat] = await inTurn(server, `ann${round}`, `bob${round}`, `cat${round}`);
});
afterAll(() => server.stop());

/** Types, texts and counts of somebody's notifications, the latest first. */
const told = async (who: Person) => (await notified(who)).map(({ type, content, count }) => [type, content, count]);

/** Makes a conversation larger than small ones are, by people who never were. */
async function crowd(conversationId: string): Promise<void> {
  await server.services.database.pool.query(
    `with made as (
       insert into users (username, display_name) select 'crowd-' || $1::bigint || '-' || n, 'Crowd' from generate_series(1, 100) n returning id)
     insert into members (conversation_id, user_id) select $1::bigint, id from made`,
    [rowId("conversation", conversationId, "id")],
  );
}

describe("messages", () => {
  test("of a conversation are one notification while it is unread, which counts up and says the latest", async () => {
    const id = await direct(ann, bob);
    await write(ann, id, "hello");
    await settled(server);
    const [first] = await notified(bob);
    expect(first).toMatchObject({ type: "MESSAGE", title: ann.username, content: "hello", count: 1, isRead: false });
    await write(ann, id, "are you");
    await write(ann, id, "there?");
    await settled(server);
    expect(await notified(bob)).toMatchObject([
      {
        id: first?.id,
        content: "there?",
        count: 3,
        actor: { username: ann.username },
        conversation: { id },
        message: { seq: 3 },
      },
    ]);
    expect(await unreadOf(bob)).toBe(1);
    expect(await told(ann)).toEqual([]);
  });

  test("that were read are no news, and reading a conversation reads its notifications", async () => {
    const id = await direct(ann, bob);
    for (const word of ["one", "two"]) await write(ann, id, word);
    await settled(server);
    await act(bob, "markRead", { conversationId: id, seq: 1 });
    expect(await unreadOf(bob)).toBe(1);
    await act(bob, "markRead", { conversationId: id, seq: 2 });
    expect(await unreadOf(bob)).toBe(0);
    expect(await notified(bob)).toMatchObject([{ isRead: true, count: 2 }]);
    expect(await notified(bob, { unreadOnly: true })).toEqual([]);
    await write(ann, id, "three");
    await settled(server);
    expect((await notified(bob)).map(({ count, isRead }) => [count, isRead])).toEqual([
      [1, false],
      [2, true],
    ]);
    // Whoever answers has read what they answer.
    await write(bob, id, "four");
    expect(await unreadOf(bob)).toBe(0);
  });

  test("that were read before their job is done make no notification", async () => {
    const id = await direct(ann, bob);
    await write(ann, id, "first");
    await settled(server);
    await act(bob, "markNotificationsRead", { all: true });
    await act(bob, "deleteNotifications", { allRead: true });
    // The next job waits for a second after the last one.
    await write(ann, id, "second");
    await act(bob, "markRead", { conversationId: id, seq: 2 });
    await settled(server);
    expect(await told(bob)).toEqual([]);
  });

  test("say in their notification what they say by now: edited, recalled, deleted, encrypted, without words", async () => {
    const id = await direct(ann, bob);
    const messageId = await write(ann, id, "hellp");
    await settled(server);
    await act(ann, "editMessage", { messageId, content: "hello" });
    await settled(server);
    expect(await told(bob)).toEqual([["MESSAGE", "hello", 1]]);
    await act(ann, "deleteMessage", { messageId });
    expect(await told(bob)).toEqual([["MESSAGE", "", 1]]);
    await act(ann, "recallMessage", { messageId: await write(ann, id, "oops") });
    await write(ann, id, "c2VjcmV0", { isEncrypted: true });
    await settled(server);
    expect(await told(bob)).toEqual([["MESSAGE", "Encrypted message", 2]]);
    await write(ann, id, "", { type: "LOCATION", location: { latitude: 52.5, longitude: 13.4, address: null } });
    await settled(server);
    expect(await told(bob)).toEqual([["MESSAGE", "Location", 3]]);
    await write(ann, id, "あ".repeat(1_000));
    await settled(server);
    expect(await told(bob)).toEqual([["MESSAGE", `${"あ".repeat(199)}…`, 4]]);
  });

  test("that were deleted before their job is done make no notification", async () => {
    const id = await group(server, ann, bob);
    await act(ann, "deleteMessage", { messageId: await write(ann, id, "never mind") });
    await settled(server);
    expect(await told(bob)).toEqual([]);
  });
});

describe("who is notified of what", () => {
  const LEVELS = [null, "ALL", "MENTIONS", "NONE"] as const;

  test.each([
    ["a small group", "of every message unless they set less", ["MESSAGE", "MESSAGE", null, null]],
    ["a crowd", "of mentions only unless they set more", [null, "MESSAGE", null, null]],
    ["a direct conversation", "of every message whatever they set", ["MESSAGE", "MESSAGE", "MESSAGE", "MESSAGE"]],
  ] as const)("in %s people are notified %s, and of mentions always", async (where, _, expected) => {
    const id = where === "a direct conversation" ? await direct(ann, bob) : await group(server, ann, bob);
    if (where === "a crowd") await crowd(id);
    for (const [index, level] of LEVELS.entries()) {
      await act(bob, "setNotificationLevel", { conversationId: id, level });
      await write(ann, id, "to nobody");
      await settled(server);
      expect(
        (await notified(bob, { unreadOnly: true })).map(({ type }) => type),
        String(level),
      ).toEqual([expected[index]].filter((type) => type !== null));
      await act(bob, "markNotificationsRead", { all: true });
      await write(ann, id, `to @${bob.username}`);
      await settled(server);
      expect(
        (await notified(bob, { unreadOnly: true })).map(({ type }) => type),
        String(level),
      ).toEqual(["MENTION"]);
      await act(bob, "markNotificationsRead", { all: true });
    }
  });

  test("a level that is not set reads as the conversation's size has it", async () => {
    const id = await group(server, ann, bob);
    const level = async (who: Person) =>
      (
        await who.graphql(
          "query ($id: ID!) { conversation(id: $id) { viewerMembership { notificationLevel } members(first: 2) { nodes { notificationLevel } } } }",
          { id },
        )
      ).data.conversation;
    await act(bob, "setNotificationLevel", { conversationId: id, level: "NONE" });
    expect(await level(ann)).toMatchObject({
      members: { nodes: [{ notificationLevel: "ALL" }, { notificationLevel: "ALL" }] },
    });
    await crowd(id);
    expect(await level(ann)).toMatchObject({ viewerMembership: { notificationLevel: "MENTIONS" } });
    expect(await level(bob)).toMatchObject({ viewerMembership: { notificationLevel: "NONE" } });
    await act(bob, "setNotificationLevel", { conversationId: id, level: null });
    expect(await level(bob)).toMatchObject({ viewerMembership: { notificationLevel: "MENTIONS" } });
  });

  test("a mention is one notification, beside that of the other messages", async () => {
    const id = await group(server, ann, bob, cat);
    for (const word of ["one", `two @${bob.username}`, "three", `four @${bob.username} @${ann.username}`]) {
      await write(ann, id, word);
    }
    await settled(server);
    expect(new Set(await told(bob))).toEqual(
      new Set([
        ["MENTION", `four @${bob.username} @${ann.username}`, 2],
        ["MESSAGE", "three", 2],
      ]),
    );
    expect((await notified(bob, { type: "MENTION" }))[0]?.title).toBe(`${ann.username} mentioned you in Tea`);
    expect((await notified(bob, { type: "MESSAGE" }))[0]?.title).toBe(`${ann.username} in Tea`);
    expect(await told(cat)).toEqual([["MESSAGE", `four @${bob.username} @${ann.username}`, 4]]);
    expect(await told(ann)).toEqual([]);
  });

  test("an edit notifies those whom it names anew, once", async () => {
    const id = await group(server, ann, bob, cat);
    const messageId = await write(ann, id, `hello @${bob.username}`);
    await settled(server);
    for (const content of [`hello @${bob.username} @${cat.username}`, `hi @${bob.username} @${cat.username}`]) {
      await act(ann, "editMessage", { messageId, content });
      await settled(server);
    }
    expect(await told(bob)).toEqual([["MENTION", `hi @${bob.username} @${cat.username}`, 1]]);
    expect((await told(cat)).map(([type, , count]) => [type, count])).toEqual([
      ["MENTION", 1],
      ["MESSAGE", 1],
    ]);
  });

  test("nobody who left, was banned, came later, or has blocked the sender", async () => {
    const [late, stranger] = await inTurn(server, `late${round}`, `stranger${round}`);
    const id = await group(server, ann, bob, cat, stranger);
    await act(bob, "leaveConversation", { conversationId: id });
    await act(ann, "updateMember", { conversationId: id, userId: cat.id, banned: true });
    await act(stranger, "blockUser", { userId: ann.id });
    await write(ann, id, `hello @${bob.username} @${cat.username} @${stranger.username} @${late.username}`);
    await act(ann, "addMembers", { conversationId: id, userIds: [late.id] });
    await settled(server);
    for (const who of [bob, cat, stranger]) expect(await told(who), who.username).toEqual([]);
    expect(await notified(late)).toMatchObject([{ type: "ROOM_INVITE", title: `${ann.username} added you to Tea` }]);
  });

  test("whoever leaves, or is put out, has nothing more to read there and sees nothing of it", async () => {
    const id = await group(server, ann, bob);
    await write(ann, id, "a secret");
    await settled(server);
    await act(ann, "removeMember", { conversationId: id, userId: bob.id });
    expect(await unreadOf(bob)).toBe(0);
    expect(await notified(bob)).toMatchObject([
      { isRead: true, title: ann.username, content: "", conversation: null, message: null },
    ]);
  });
});

describe("other news", () => {
  test("whoever is put into a group or room by another is told, and who goes in by themselves is not", async () => {
    const { id } = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] })).group;
    const open = await room(ann, { name: "Open", visibility: "PUBLIC" });
    await does(cat, "joinRoom", { roomId: open.id });
    await does(ann, "addMembers", { conversationId: open.id, userIds: [bob.id] });
    await settled(server);
    expect((await notified(bob)).map(({ type, title }) => [type, title])).toEqual([
      ["ROOM_INVITE", `${ann.username} added you to Open`],
      ["ROOM_INVITE", `${ann.username} added you to Tea`],
    ]);
    expect((await notified(bob)).at(-1)).toMatchObject({ conversation: { id }, actor: { username: ann.username } });
    for (const who of [ann, cat]) expect(await told(who)).toEqual([]);
  });

  const request = async (from: Person, to: Person, message?: string): Promise<string> => {
    const { data } = await from.graphql(
      "mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { friendRequest { id } } }",
      { input: { userId: to.id, message } },
    );
    await settled(server);
    return data.sendFriendRequest.friendRequest.id;
  };

  test("who is asked to be friends is told, and so is who asked of a yes", async () => {
    const friendRequestId = await request(ann, bob, "It is me");
    expect(await notified(bob)).toMatchObject([
      {
        type: "FRIEND_REQUEST",
        title: `${ann.username} wants to be friends`,
        content: "It is me",
        data: { friendRequestId, status: "PENDING" },
        isRead: false,
      },
    ]);
    await act(bob, "respondToFriendRequest", { friendRequestId, accept: true });
    await settled(server);
    expect(await notified(bob)).toMatchObject([{ isRead: true, data: { status: "ACCEPTED" } }]);
    expect(await notified(ann)).toMatchObject([
      { type: "FRIEND_REQUEST", title: `${bob.username} accepted your friend request`, isRead: false },
    ]);
  });

  test("of a no nobody is told, and a request that was taken back was none", async () => {
    const friendRequestId = await request(ann, bob);
    await act(bob, "respondToFriendRequest", { friendRequestId, accept: false });
    const taken = await request(cat, bob);
    await act(cat, "cancelFriendRequest", { friendRequestId: taken });
    await settled(server);
    expect(await notified(bob)).toMatchObject([{ isRead: true, data: { status: "REJECTED" } }]);
    for (const who of [ann, cat]) expect(await told(who)).toEqual([]);
  });
});

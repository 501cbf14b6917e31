import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { befriends, direct } from "../../log/support/friends.ts";
import { globalRoom, says, send as say } from "../../log/support/talk.ts";
import { about, BLOCK, UNBLOCK } from "../../support/friends.ts";
import type { Person } from "../../support/people.ts";
import { comesToBe, forgetHttp, numberOf } from "../../support/presence.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type DialectSocket, userSocket } from "../support/socket.ts";
import { chat8, done, refusal, severals, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
});
afterAll(() => server.stop());

const writes = (from: Person, to: Person, content: string) =>
  done(chat8(server, from).post("/messages", { receiver_id: numberOf(to), content }));
/**
 * All that was said up to now, but how people are shown, which may come at any time: whatever else was to be heard is heard
 * before the answer.
 */
const heardBy = async (socket: DialectSocket): Promise<string[]> => {
  socket.say({ type: "ping" });
  await socket.hears("pong");
  return socket.heard.map(({ type }) => type).filter((type) => type !== "pong" && type !== "user_status");
};

describe("a message", () => {
  test("is told to the other of the two, on each of their sockets, and to nobody else", async () => {
    const [eve] = (await severals(server, 1)) as [Person];
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    await using hisOther = await userSocket(server, bob);
    await using others = await userSocket(server, eve);
    const sent = await writes(ann, bob, "你好");
    for (const socket of [his, hisOther]) {
      expect(await socket.hears("new_message")).toEqual({
        type: "new_message",
        data: { ...sent, sender_username: ann.username },
        timestamp: TIME,
      });
    }
    await writes(ann, bob, "再见");
    expect((await his.hears("new_message")).data.content).toBe("再见");
    expect([await heardBy(hers), await heardBy(others)]).toEqual([[], []]);
  });

  test("arrives from somebody whom one never heard of, once", async () => {
    await using his = await userSocket(server, bob);
    await writes(ann, bob, "the first");
    await writes(ann, bob, "the second");
    await his.hears("new_message", ({ data }) => data.content === "the second");
    expect(his.of("new_message").map(({ data }) => data.content)).toEqual(["the first", "the second"]);
  });

  test("of GraphQL's arrives as well, and what becomes of it, on both sides", async () => {
    const conversationId = await direct(ann, bob);
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    const { id: messageId } = await say(ann, conversationId, "tee");
    const { data } = await his.hears("new_message");
    expect(data).toMatchObject({ content: "tee", sender_id: numberOf(ann), receiver_id: numberOf(bob) });
    await says(ann, "editMessage", { messageId, content: "tea" });
    await says(ann, "deleteMessage", { messageId });
    for (const socket of [hers, his]) {
      expect((await socket.hears("message_updated")).data).toEqual({ ...data, content: "tea" });
      expect((await socket.hears("message_deleted")).data).toEqual({ id: data.id });
    }
    expect(hers.of("new_message")).toEqual([]);
  });

  test("that was read is told to whoever wrote it, and to nobody twice", async () => {
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    const { id } = await writes(ann, bob, "1");
    await his.hears("new_message");
    for (let n = 0; n < 2; n += 1) await done(chat8(server, bob).put(`/messages/${id}/read`));
    expect((await hers.hears("message_read")).data).toEqual({ message_id: id, user_id: numberOf(bob), read_at: TIME });
    await writes(bob, ann, "2");
    await hers.hears("new_message");
    expect([hers.of("message_read").length, his.of("message_read")]).toEqual([1, []]);
  });
});

test("nothing of rooms and groups is heard", async () => {
  await using his = await userSocket(server, bob);
  await say(ann, await globalRoom(ann), "to everybody");
  const own = await room(ann);
  await does(ann, "addMembers", { conversationId: own.id, userIds: [bob.id] });
  const group = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] })).group;
  for (const { id } of [own, group]) {
    const { id: messageId } = await say(ann, id, "to some");
    await says(ann, "editMessage", { messageId, content: "to some of you" });
    await ann.graphql("mutation ($input: SetTypingInput!) { setTyping(input: $input) { __typename } }", {
      input: { conversationId: id, isTyping: true },
    });
    await ann.graphql("mutation ($input: StartCallInput!) { startCall(input: $input) { __typename } }", {
      input: { conversationId: id, media: "VOICE" },
    });
  }
  await writes(ann, bob, "to you");
  await his.hears("new_message");
  expect(await heardBy(his)).toEqual(["new_message"]);
});

describe("a friend request", () => {
  test("is told to whom is asked alone", async () => {
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    await done(chat8(server, ann).post("/friends/request", { user_id: numberOf(bob), message: "认识一下" }));
    const { data } = await his.hears("friend_request");
    const [{ request_id: requestId }] = await done(chat8(server, bob).get("/friends/requests"));
    expect(data).toEqual({
      request_id: requestId,
      from_user_id: numberOf(ann),
      from_username: ann.username,
      message: "认识一下",
    });
    await done(chat8(server, bob).put(`/friends/request/${requestId}`, { action: "reject" }));
    expect([await heardBy(hers), await heardBy(his)]).toEqual([[], ["friend_request"]]);
  });
});

describe("how somebody is shown", () => {
  const isOf = (who: Person, status: string) => (frame: { data: { user_id: number; status: string } }) =>
    frame.data.user_id === numberOf(who) && frame.data.status === status;

  test("is told to friends and to those one wrote with, and to no stranger", async () => {
    const [carl, eve] = (await severals(server, 2)) as [Person, Person];
    await befriends(ann, bob);
    await writes(ann, carl, "hi");
    await forgetHttp(server, ann);
    const sockets = [await userSocket(server, bob), await userSocket(server, carl)];
    await using others = await userSocket(server, eve);
    const hers = await userSocket(server, ann);
    for (const socket of sockets) {
      expect(await socket.hears("user_status", isOf(ann, "online"))).toEqual({
        type: "user_status",
        data: { user_id: numberOf(ann), username: ann.username, status: "online" },
        timestamp: TIME,
      });
    }
    await done(chat8(server, ann).put("/user/status", { status: "away" }));
    for (const socket of sockets) await socket.hears("user_status", isOf(ann, "away"));
    await forgetHttp(server, ann);
    await hers[Symbol.asyncDispose]();
    for (const socket of sockets) {
      await socket.hears("user_status", isOf(ann, "offline"));
      await socket[Symbol.asyncDispose]();
    }
    expect([await heardBy(others), others.of("user_status")]).toEqual([[], []]);
  }, 40_000);

  test("is told of whom one meets while the socket stands", async () => {
    await using his = await userSocket(server, bob);
    await befriends(ann, bob);
    await his.hears("friend_request");
    await vi.waitFor(
      async () => {
        for (const status of ["away", "online"]) await done(chat8(server, ann).put("/user/status", { status }));
        expect(his.of("user_status").some(isOf(ann, "away"))).toBe(true);
      },
      { timeout: 20_000 },
    );
  }, 40_000);
});

test("who was blocked hears nothing more of the other, and reaches them no more", async () => {
  const [carl] = (await severals(server, 1)) as [Person];
  for (const other of [bob, carl]) await writes(ann, other, "before");
  await using carls = await userSocket(server, carl);
  await using hers = await userSocket(server, ann);
  await comesToBe(ann, bob, "ONLINE");
  await using his = await userSocket(server, bob);
  await about(ann, BLOCK, bob);
  await his.hears("user_status", ({ data }) => data.status === "offline");
  await done(chat8(server, ann).put("/user/status", { status: "away" }));
  await carls.hears("user_status", ({ data }) => data.status === "away");
  expect(await refusal(chat8(server, ann).post("/messages", { receiver_id: numberOf(bob), content: "x" }))).toBe(
    "403 FORBIDDEN receiver_id",
  );
  expect(await refusal(chat8(server, bob).post("/messages", { receiver_id: numberOf(ann), content: "x" }))).toBe(
    "403 FORBIDDEN receiver_id",
  );
  for (const type of ["typing", "voice_call_invite"]) {
    his.say({ type, data: { to_user_id: numberOf(ann), is_typing: true } });
    expect((await his.hears("error")).data.code).toBe("FORBIDDEN");
    hers.say({ type, data: { to_user_id: numberOf(bob), is_typing: true } });
    expect((await hers.hears("error")).data.code).toBe("FORBIDDEN");
  }
  expect(await refusal(chat8(server, bob).post("/friends/request", { user_id: numberOf(ann) }))).toBe(
    "403 FORBIDDEN user_id",
  );
  expect(his.of("user_status").at(-1)?.data.status).toBe("offline");
  await about(ann, UNBLOCK, bob);
  await writes(ann, bob, "after");
  await his.hears("new_message");
  expect(his.heard.map(({ type }) => type).filter((type) => type === "new_message")).toHaveLength(1);
  expect((await heardBy(hers)).filter((type) => type !== "error")).toEqual([]);
}, 40_000);

describe("typing", () => {
  test("is told to the other alone, when it begins and when it is over", async () => {
    await writes(ann, bob, "hi");
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    hers.say({ type: "typing", data: { to_user_id: numberOf(bob), is_typing: true } });
    expect((await his.hears("typing")).data).toEqual({ user_id: numberOf(ann), is_typing: true });
    await writes(ann, bob, "typed");
    expect((await his.hears("typing")).data).toEqual({ user_id: numberOf(ann), is_typing: false });
    expect(await heardBy(hers)).toEqual([]);
  });

  test("to somebody whom one never wrote to makes nothing", async () => {
    await using hers = await userSocket(server, ann);
    await using his = await userSocket(server, bob);
    hers.say({ type: "typing", data: { to_user_id: numberOf(bob), is_typing: true } });
    expect([await heardBy(hers), await heardBy(his)]).toEqual([[], []]);
    const { data } = await ann.graphql("{ viewer { conversations(kind: DIRECT) { nodes { id } } } }");
    expect(data.viewer.conversations.nodes).toEqual([]);
  });
});

test("fifty sockets of one user all hear, each once", async () => {
  const sockets = await Promise.all(Array.from({ length: 50 }, () => userSocket(server, bob)));
  await writes(ann, bob, "to all of you");
  await done(chat8(server, ann).post("/friends/request", { user_id: numberOf(bob), message: "all" }));
  for (const socket of sockets) {
    await socket.hears("friend_request");
    await socket.hears("new_message");
    expect((await heardBy(socket)).toSorted()).toEqual(["friend_request", "new_message"]);
    await socket[Symbol.asyncDispose]();
  }
}, 40_000);

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { befriends } from "../../log/support/friends.ts";
import { about, BLOCK, stateOf } from "../../support/friends.ts";
import type { Person } from "../../support/people.ts";
import { forgetHttp, numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { chat8, done, refusal, severals, somebody, TIME } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const asks = (from: Person, to: Person, message: unknown = "认识一下") =>
  chat8(server, from).post("/friends/request", { user_id: numberOf(to), message });
const waiting = (who: Person) => done(chat8(server, who).get("/friends/requests"));
const answers = (who: Person, requestId: unknown, action: unknown) =>
  chat8(server, who).put(`/friends/request/${String(requestId)}`, { action });
const ends = (who: Person, whom: number | string) => chat8(server, who).delete(`/friends/${whom}`);

test("who is asked and accepts is a friend of the other's from then on", async () => {
  const [ann, bob] = (await severals(server, 2)) as [Person, Person];
  const { body } = await asks(ann, bob);
  expect(body).toEqual({ success: true, message: "好友请求已发送", timestamp: TIME });
  const [request, ...more] = await waiting(bob);
  expect([request, more, await waiting(ann)]).toEqual([
    {
      request_id: expect.any(Number),
      from_user_id: numberOf(ann),
      from_username: ann.username,
      message: "认识一下",
      created_at: TIME,
    },
    [],
    [],
  ]);
  const answer = await answers(bob, request.request_id, "accept");
  expect(answer.body).toEqual({ success: true, message: "好友请求已处理", timestamp: TIME });
  expect([await waiting(bob), await stateOf(ann, bob)]).toEqual([[], "FRIENDS"]);
});

test("who is asked and says no is no friend", async () => {
  const [ann, bob] = (await severals(server, 2)) as [Person, Person];
  await done(asks(ann, bob, null));
  const [request] = await waiting(bob);
  expect(request.message).toBe("");
  await done(answers(bob, request.request_id, "reject"));
  expect([await waiting(bob), await stateOf(ann, bob)]).toEqual([[], "NONE"]);
  expect(await refusal(answers(bob, request.request_id, "accept"))).toBe("409 CONFLICT request_id");
});

test("who asks somebody that asked already is their friend by it", async () => {
  const [ann, bob] = (await severals(server, 2)) as [Person, Person];
  await done(asks(ann, bob));
  expect((await asks(bob, ann)).body.message).toBe("好友请求已发送");
  expect(await stateOf(ann, bob)).toBe("FRIENDS");
});

test("requests that wait are told the newest first", async () => {
  const [ann, ...others] = (await severals(server, 4)) as [Person, ...Person[]];
  for (const other of others) await done(asks(other, ann));
  const names = (await waiting(ann)).map((request: { from_username: string }) => request.from_username);
  expect(names).toEqual(others.map(({ username }) => username).toReversed());
});

describe("nobody asks", () => {
  let ann: Person;
  let bob: Person;
  beforeAll(async () => {
    [ann, bob] = (await severals(server, 2)) as [Person, Person];
  });

  test("themselves", async () => {
    expect(await refusal(asks(ann, ann))).toBe("400 FRIEND_002 user_id");
  });

  test("who does not exist", async () => {
    expect(await refusal(asks(ann, { id: "user_999999" } as Person))).toBe("404 USER_001 user_id");
  });

  test("twice, nor a friend", async () => {
    await done(asks(ann, bob));
    expect(await refusal(asks(ann, bob))).toBe("409 FRIEND_003 user_id");
    await done(asks(bob, ann));
    expect(await refusal(asks(ann, bob))).toBe("409 FRIEND_003 user_id");
  });

  test("who has blocked them, and hears no more than that they cannot be reached", async () => {
    const carl = await somebody(server);
    await about(carl, BLOCK, ann);
    expect(await refusal(asks(ann, carl))).toBe("403 FORBIDDEN user_id");
    expect(await waiting(carl)).toEqual([]);
  });

  test.each([
    [{ message: "hi" }, "422 VALIDATION_ERROR user_id"],
    [{ user_id: "1" }, "422 VALIDATION_ERROR user_id"],
    [{ user_id: 0 }, "422 VALIDATION_ERROR user_id"],
    [{ user_id: 1.5 }, "422 VALIDATION_ERROR user_id"],
    [{ user_id: 2 ** 60 }, "422 VALIDATION_ERROR user_id"],
    [{ user_id: 1, message: 5 }, "422 VALIDATION_ERROR message"],
    [{ user_id: 1, message: "x".repeat(501) }, "422 VALIDATION_ERROR message"],
  ])("with %j", async (body, refused) => {
    expect(await refusal(chat8(server, ann).post("/friends/request", body))).toBe(refused);
  });
});

test("nobody answers a request that is not theirs to answer", async () => {
  const [ann, bob, eve] = (await severals(server, 3)) as [Person, Person, Person];
  await done(asks(ann, bob));
  const [{ request_id: id }] = await waiting(bob);
  expect(await refusal(answers(eve, id, "accept"))).toBe("404 FRIEND_001 request_id");
  expect(await refusal(answers(ann, id, "accept"))).toBe("403 FORBIDDEN request_id");
  expect(await refusal(answers(bob, 999_999, "accept"))).toBe("404 FRIEND_001 request_id");
  expect(await refusal(answers(bob, "x", "accept"))).toBe("400 BAD_REQUEST request_id");
  expect(await refusal(answers(bob, id, "perhaps"))).toBe("422 VALIDATION_ERROR action");
  expect(await waiting(bob)).toHaveLength(1);
});

test("a friendship ends for both, and only where there is one", async () => {
  const [ann, bob] = (await severals(server, 2)) as [Person, Person];
  await befriends(ann, bob);
  expect((await ends(bob, numberOf(ann))).body).toEqual({ success: true, message: "好友已删除", timestamp: TIME });
  expect(await stateOf(ann, bob)).toBe("NONE");
  expect(await refusal(ends(ann, numberOf(bob)))).toBe("404 FRIEND_001 friend_id");
  expect(await refusal(ends(ann, numberOf(ann)))).toBe("404 FRIEND_001 friend_id");
  expect(await refusal(ends(ann, 999_999))).toBe("404 USER_001 friend_id");
  expect(await refusal(ends(ann, "bob"))).toBe("400 BAD_REQUEST friend_id");
});

test("friends are listed by name, each as they are shown to the viewer", async () => {
  const [ann, bob, carl, eve] = (await severals(server, 4)) as [Person, Person, Person, Person];
  for (const friend of [bob, carl]) await befriends(ann, friend);
  await done(chat8(server, bob).put("/user/status", { status: "away" }));
  await forgetHttp(server, carl);
  const row = (who: Person, status: string) => ({
    id: numberOf(who),
    username: who.username,
    avatar: "",
    status,
    last_seen: TIME,
  });
  expect(await done(chat8(server, ann).get("/friends"))).toEqual([row(bob, "away"), row(carl, "offline")]);
  await done(chat8(server, bob).put("/user/status", { status: "offline" }));
  expect((await done(chat8(server, ann).get("/friends")))[0].status).toBe("offline");
  expect(await done(chat8(server, eve).get("/friends"))).toEqual([]);
});

describe("a search", () => {
  test("finds people by a part of their name and by their e-mail address, and says who is a friend", async () => {
    const [ann, bob, carl] = [
      await somebody(server, "oak-ann"),
      await somebody(server, "oak-bob"),
      await somebody(server, "oak-carl"),
    ];
    await befriends(ann, carl);
    const found = (who: Person, isFriend: boolean) => ({
      id: numberOf(who),
      username: who.username,
      avatar: "",
      is_friend: isFriend,
    });
    const search = (q: string) => done(chat8(server, ann).get(`/friends/search?q=${encodeURIComponent(q)}`));
    expect(await search("OAK")).toEqual([found(bob, false), found(carl, true)]);
    expect(await search(`${bob.username}@people.test`)).toEqual([found(bob, false)]);
    expect(await search("people.test")).toEqual([]);
    expect(await search("nobody at all")).toEqual([]);
  });

  test.each(["", "?q=", "?q=%20", `?q=${"x".repeat(300)}`, "?q=%00"])("is not one for %j", async (query) => {
    const ann = await somebody(server);
    expect(await refusal(chat8(server, ann).get(`/friends/search${query}`))).toBe("400 BAD_REQUEST q");
  });
});

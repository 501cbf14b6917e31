import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { refusalOf as statusOf } from "../../support/raw-socket.ts";
import { does } from "../../support/rooms.ts";
import { roomSocket, socketOf, turnedAway } from "../support/socket.ts";
import { add, directOf, done, join, roomOf, type Scene, says, startScene } from "./support.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const path = (roomId: number | string, query = ""): string => `/ws/chat/${roomId}/${query}`;
const bearer = ({ accessToken }: { accessToken: string }) => ({ headers: { authorization: `Bearer ${accessToken}` } });
const error = (words: string) => [{ type: "error", message: expect.stringContaining(words) }];

describe("a socket is opened", () => {
  test.each([
    ["a query", (token: string) => [`?token=${token}`, {}, []] as const],
    ["a header", (token: string) => ["", { headers: { authorization: `Bearer ${token}` } }, []] as const],
    ["a pair of subprotocols", (token: string) => ["", {}, ["bearer", token]] as const],
  ])("by a token in %s", async (_, how) => {
    const { server, ann } = scene;
    const { id } = await roomOf(ann);
    const [query, options, protocols] = how(ann.accessToken);
    await using socket = await socketOf(`${server.url.replace("http", "ws")}${path(id, query)}`, options, [
      ...protocols,
    ]);
    expect(await socket.hears("connection_established")).toEqual({
      type: "connection_established",
      message: "连接成功",
    });
    expect(socket.ws.protocol).toBe(protocols[0] ?? "");
  });

  test("without the slash at its end as well, and by who is in a private room or a group", async () => {
    const { server, ann, bob } = scene;
    for (const room_type of ["private", "group"]) {
      const { id } = await roomOf(ann, { room_type });
      await add(ann, id, bob);
      await using _socket = await roomSocket(server, bob, id);
    }
    const { id } = await roomOf(ann);
    await using bare = await socketOf(`${server.url.replace("http", "ws")}/ws/chat/${id}`, bearer(ann));
    await bare.hears("connection_established");
  });

  test("by nobody whose token does not hold", async () => {
    const { server, ann } = scene;
    const { id } = await roomOf(ann);
    const closings = [
      await turnedAway(server, path(id)),
      await turnedAway(server, path(id, "?token=nonsense")),
      await turnedAway(server, path(id, `?token=${ann.refreshToken}`)),
      await turnedAway(server, path(id), {}, ["bearer", "nonsense"]),
      await turnedAway(server, path(id), { headers: { authorization: "Basic YW5uOmFubg==" } }),
    ];
    for (const { code, heard } of closings) {
      expect(code).toBe(4401);
      expect(heard).toEqual(error("未认证"));
    }
  });

  test("in no room that is not there for the caller, and in no talk between two people", async () => {
    const { server, ann, bob, eve } = scene;
    const closed = await roomOf(ann, { room_type: "private" });
    const group = await roomOf(ann, { room_type: "group" });
    const direct = await directOf(eve, bob);
    const gone = await roomOf(ann);
    await does(ann, "deleteConversation", { conversationId: `conv_${gone.id}` });
    for (const id of [closed.id, group.id, direct, gone.id, 999_999_999, 0, "abc", "1.5", "01", "%31", "1e1"]) {
      const { code, heard } = await turnedAway(server, path(id), bearer(eve));
      expect([id, code]).toEqual([id, 4404]);
      expect(heard).toEqual(error("资源不存在"));
    }
  });

  test("in no room that bans the caller, or that is full", async () => {
    const { server, ann, bob, eve } = scene;
    const { id } = await roomOf(ann, { max_members: 2 });
    await join(eve, id);
    await does(ann, "updateMember", { conversationId: `conv_${id}`, userId: eve.id, banned: true });
    expect(await turnedAway(server, path(id), bearer(eve))).toMatchObject({ code: 4403, heard: error("权限不足") });
    await join(bob, id);
    const full = await roomOf(ann, { max_members: 2 });
    await join(bob, full.id);
    expect(await turnedAway(server, path(full.id), bearer(eve))).toMatchObject({
      code: 4403,
      heard: error("资源冲突"),
    });
  });

  test("below no other path", async () => {
    const { server, ann } = scene;
    for (const other of ["/ws/chat/", "/ws/chat/1/2/", "/ws/chats/1/"]) {
      expect(await statusOf(`${server.url.replace("http", "ws")}${other}`, bearer(ann))).toBe(404);
    }
  });
});

describe("a socket is closed", () => {
  test("with the login that opened it, and the others' stay", async () => {
    const { server, ann, bob } = scene;
    const { id } = await roomOf(ann);
    const login = `mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`;
    const { data } = await bob.graphql(login, { input: { username: "bob", password: bob.password } });
    const other = bob.as(data.login.accessToken);
    await using hers = await roomSocket(server, ann, id);
    await using first = await roomSocket(server, bob, id);
    const second = await roomSocket(server, other, id);
    await other.graphql("mutation { logout { __typename } }");
    expect((await second.closed).code).toBe(4401);
    expect(second.heard.at(-1)).toEqual(error("未认证")[0]);
    await says(ann, id, "still here");
    await first.hears("chat_message", ({ message }) => message.content === "still here");
    expect(second.of("chat_message").map(({ message }) => message.content)).not.toContain("still here");
    await hers.hears("chat_message");
  });

  test.each([
    ["removed", "private", 4404],
    ["removed", "public", 4404],
    ["banned", "private", 4403],
    ["banned", "public", 4403],
  ])("when somebody is %s from a %s room, who hears nothing more", async (how, room_type, code) => {
    const { server, ann, bob } = scene;
    const { id } = await roomOf(ann, { room_type });
    await add(ann, id, bob);
    const his = await roomSocket(server, bob, id);
    const place = { conversationId: `conv_${id}`, userId: bob.id };
    if (how === "banned") await does(ann, "updateMember", { ...place, banned: true });
    else await does(ann, "removeMember", place);
    await says(ann, id, "behind his back");
    expect((await his.closed).code).toBe(code);
    expect(his.heard.at(-1)).toMatchObject({ type: "error" });
    expect(JSON.stringify(his.heard)).not.toContain("behind his back");
    expect(JSON.stringify(his.heard)).not.toContain(`ann ${how} bob`);
  });

  test("when its user leaves the room, when the room is deleted, and when it is closed to who is not in it", async () => {
    const { server, ann, bob } = scene;
    const { id } = await roomOf(ann);
    const left = await roomSocket(server, bob, id);
    await done(bob.chat.post(`/api/chat/rooms/${id}/leave/`));
    expect((await left.closed).code).toBe(4404);
    const back = await roomSocket(server, bob, id);
    await does(ann, "deleteConversation", { conversationId: `conv_${id}` });
    expect((await back.closed).code).toBe(4404);
    expect(back.heard.at(-1)).toEqual(error("资源不存在")[0]);
  });

  test("for nobody who is in a room that becomes private", async () => {
    const { server, ann, bob } = scene;
    const { id } = await roomOf(ann);
    await using his = await roomSocket(server, bob, id);
    await does(ann, "updateConversation", { conversationId: `conv_${id}`, visibility: "PRIVATE" });
    await says(ann, id, "among us");
    await his.hears("chat_message", ({ message }) => message.content === "among us");
  });
});

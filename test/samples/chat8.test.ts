import axios, { type CreateAxiosDefaults } from "axios";
import { afterAll, beforeAll, expect, test } from "vitest";

import { rest } from "../dialects/support/rest.ts";
import { befriends, direct } from "../log/support/friends.ts";
import { history } from "../log/support/talk.ts";
import type { Data } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { addressAt, type PageConsole, pageConsole, pageOf, runSample } from "./support/page.ts";
import { describeWithPython, pythonClient } from "./support/python.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
  await befriends(ann, bob);
});
afterAll(() => server.stop());

/** Document 002's functions, on a page on which nobody has logged in, and that page's console. */
async function client(): Promise<Record<string, Data> & { readonly console: PageConsole }> {
  const console = pageConsole();
  const handler = (name: string) => (data: unknown) => console.log(name, data);
  const page = {
    ...pageOf(server, console),
    axios: {
      create: ({ baseURL = "", ...config }: CreateAxiosDefaults) =>
        axios.create({ ...config, baseURL: addressAt(server, baseURL) }),
    },
    handleNewMessage: handler("handleNewMessage"),
    handleUserStatus: handler("handleUserStatus"),
    handleFriendRequest: handler("handleFriendRequest"),
  };
  const functions = await runSample("chat8.js", page, "login", "sendMessage", "connectWebSocket");
  return { console, token: () => page.localStorage.getItem("access_token"), ...functions };
}

test("what one client of chat8 writes, another is told at once, and GraphQL reads", async () => {
  const [hers, his] = [await client(), await client()];
  const { data } = await hers["login"]("ann", ann.password);
  expect(data).toMatchObject({ token_type: "bearer", expires_in: 1800, user: { id: numberOf(ann), username: "ann" } });
  expect(hers["token"]()).toBe(data.access_token);
  await his["login"]("bob", bob.password);

  const socket = his["connectWebSocket"](numberOf(bob), his["token"]());
  await his.console.prints("WebSocket 连接已建立");
  // It listens when it answers.
  socket.send(JSON.stringify({ type: "ping" }));
  await his.console.prints("收到消息:", ({ type }) => type === "pong");

  const { data: said } = await hers["sendMessage"](numberOf(bob), "Hello, World!");
  expect(said).toMatchObject({ sender_id: numberOf(ann), receiver_id: numberOf(bob), message_type: "text" });
  expect(await his.console.prints("handleNewMessage")).toMatchObject({
    id: said.id,
    sender_username: "ann",
    content: "Hello, World!",
  });
  await rest(server, ann).put("/api/v1/user/status", { status: "away" });
  expect(await his.console.prints("handleUserStatus", ({ status }) => status === "away")).toMatchObject({
    user_id: numberOf(ann),
    username: "ann",
  });
  const eve = await person(server, "eve");
  await rest(server, eve).post("/api/v1/friends/request", { user_id: numberOf(bob), message: "认识一下" });
  expect(await his.console.prints("handleFriendRequest")).toMatchObject({
    from_user_id: numberOf(eve),
    from_username: "eve",
    message: "认识一下",
  });
  socket.close();
  await his.console.prints("WebSocket 连接已关闭");
  expect((await history(bob, await direct(bob, ann))).map(({ content }) => content)).toContain("Hello, World!");
});

test("a refused login and a refused message reach the page as the document's error", async () => {
  const page = await client();
  await expect(page["login"]("ann", "not her password")).rejects.toThrow("status code 401");
  expect(await page.console.prints("登录失败:")).toMatchObject({ success: false, error: { code: "AUTH_003" } });
  await page["login"]("ann", ann.password);
  await expect(page["sendMessage"](999_999, "Anybody?")).rejects.toThrow("status code 404");
  expect(await page.console.prints("发送消息失败:")).toMatchObject({ success: false, error: { code: "USER_001" } });
});

describeWithPython("in Python", () => {
  test("the Python class logs in, lists friends and writes, and the friend reads it", async () => {
    const said = await pythonClient(server, "ann", ann.password, numberOf(bob), "Hello from Python!");
    expect(said.login.data.user).toMatchObject({ id: numberOf(ann), username: "ann" });
    expect(said.friends.data.map(({ username }: Data) => username)).toEqual(["bob"]);
    expect(said.message.data).toMatchObject({ receiver_id: numberOf(bob), content: "Hello from Python!" });
    expect(said.refusals).toEqual(["登录失败", "获取好友列表失败", "发送消息失败"]);
    expect((await history(bob, await direct(bob, ann))).map(({ content }) => content)).toContain("Hello from Python!");
  });

  test("the document's Python program works as it stands", async () => {
    const fresh = await startServer();
    await using opened = new AsyncDisposableStack();
    opened.defer(() => fresh.stop());
    const first = await person(fresh, "first");
    const password = "password";
    const register = { username: "username", email: "u@people.test", password, confirm_password: password };
    await rest(fresh, null).post("/api/v1/auth/register", register);
    const printed = await pythonClient(fresh);
    expect(printed.printed.map(([words]: string[]) => words)).toEqual(["登录成功:", "好友列表:", "消息已发送:"]);
    const { body } = await rest(fresh, first).get(`/api/v1/messages/${printed.printed[0][1].data.user.id}`);
    expect(body.data.messages.map(({ content }: Data) => content)).toContain("Hello, World!");
  });
});

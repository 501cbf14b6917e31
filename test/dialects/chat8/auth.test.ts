import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { personAt, type Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { userSocket } from "../support/socket.ts";
import { chat8, done, expiredTokenOf, refusal, somebody, TIME } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const PASSWORD = "a password of the tests";
const account = (username: string, more: object = {}) => ({
  username,
  email: `${username}@people.test`,
  password: PASSWORD,
  confirm_password: PASSWORD,
  ...more,
});
const nobody = () => chat8(server, null);
const holder = (accessToken: string) => chat8(server, { accessToken });

test("who registers is logged in, and is known to GraphQL", async () => {
  const { status, body } = await nobody().post("/auth/register", account("ada"));
  expect(status).toBe(201);
  expect(body).toEqual({
    success: true,
    data: {
      user_id: expect.any(Number),
      username: "ada",
      email: "ada@people.test",
      access_token: expect.any(String),
      token_type: "bearer",
    },
    message: "注册成功",
    timestamp: TIME,
  });
  const { user_id: id, access_token: accessToken } = body.data;
  const ada = personAt(server, { id: `user_${id}`, username: "ada", password: "", accessToken, refreshToken: "" });
  const { data } = await ada.graphql("{ viewer { email user { id } } }");
  expect(data.viewer).toEqual({ email: "ada@people.test", user: { id: `user_${id}` } });
});

test.each([
  ["a user name that is taken, in other letters", { username: "BEA" }, "409 USER_002 username"],
  ["an e-mail address that is taken", { email: "Bea@people.test" }, "409 USER_003 email"],
  ["another password the second time", { confirm_password: "another" }, "422 VALIDATION_ERROR confirm_password"],
  ["a short password", { password: "short", confirm_password: "short" }, "422 VALIDATION_ERROR password"],
  ["a user name with a blank", { username: "b b b" }, "422 VALIDATION_ERROR username"],
  ["no e-mail address", { email: "bea" }, "422 VALIDATION_ERROR email"],
  ["an e-mail address that is null", { email: null }, "422 VALIDATION_ERROR email"],
  ["a number for a user name", { username: 7_777 }, "422 VALIDATION_ERROR username"],
  ["nothing for the password", { password: undefined }, "422 VALIDATION_ERROR password"],
  ["nothing the second time", { confirm_password: undefined }, "422 VALIDATION_ERROR confirm_password"],
])("nobody registers with %s", async (_, more, refused) => {
  await nobody().post("/auth/register", account("bea"));
  expect(await refusal(nobody().post("/auth/register", account("carl", more)))).toBe(refused);
  expect(await refusal(nobody().post("/auth/login", { username: "carl", password: PASSWORD }))).toBe("401 AUTH_003");
});

test("where registration is closed nobody registers, and who is there logs in", async () => {
  const closed = await startServer({ openRegistration: false });
  try {
    expect(await refusal(chat8(closed, null).post("/auth/register", account("ada")))).toBe("403 FORBIDDEN");
  } finally {
    await closed.stop();
  }
});

test("one logs in by user name or by e-mail address", async () => {
  const ann = await somebody(server, "Ann");
  for (const username of [ann.username, ann.username.toUpperCase(), `${ann.username}@people.test`]) {
    const data = await done(nobody().post("/auth/login", { username, password: ann.password }));
    expect(data).toEqual({
      access_token: expect.any(String),
      token_type: "bearer",
      expires_in: 1_800,
      user: { id: numberOf(ann), username: ann.username, email: `${ann.username}@people.test`, avatar: "" },
    });
    expect((await done(holder(data.access_token).get("/user/profile"))).id).toBe(numberOf(ann));
  }
});

test("a wrong password and an unknown name read the same", async () => {
  const ann = await somebody(server);
  const wrong = await nobody().post("/auth/login", { username: ann.username, password: "wrong" });
  const unknown = await nobody().post("/auth/login", { username: "nobody-here", password: "wrong" });
  expect([wrong.status, wrong.body.error]).toEqual([unknown.status, unknown.body.error]);
  expect([wrong.status, wrong.body.error.code]).toEqual([401, "AUTH_003"]);
});

test("a refreshed token is another one, and the old one is good until its end", async () => {
  const ann = await somebody(server);
  const renewed = await done(chat8(server, ann).post("/auth/refresh"));
  expect(renewed).toEqual({ access_token: expect.any(String), token_type: "bearer", expires_in: 1_800 });
  expect(renewed.access_token).not.toBe(ann.accessToken);
  for (const token of [renewed.access_token, ann.accessToken]) await done(holder(token).get("/user/profile"));
});

describe("a logout", () => {
  test("ends all tokens of the login at once, and closes its sockets; other logins stay", async () => {
    const ann = await somebody(server);
    const { access_token: elsewhere } = await done(nobody().post("/auth/login", ann));
    const { access_token: renewed } = await done(chat8(server, ann).post("/auth/refresh"));
    await using socket = await userSocket(server, ann);
    await using other = await userSocket(server, { ...ann, accessToken: elsewhere });
    const { body } = await chat8(server, ann).post("/auth/logout");
    expect(body).toEqual({ success: true, message: "登出成功", timestamp: TIME });
    for (const token of [ann.accessToken, renewed]) {
      expect(await refusal(holder(token).get("/user/profile"))).toBe("401 AUTH_001");
      expect(await refusal(holder(token).post("/auth/refresh"))).toBe("401 AUTH_001");
      expect(await refusal(holder(token).post("/auth/logout"))).toBe("401 AUTH_001");
    }
    expect((await socket.closed).code).toBe(4401);
    expect(socket.heard.at(-1)).toMatchObject({ type: "error", data: { code: "AUTH_001" } });
    other.say({ type: "ping" });
    await other.hears("pong");
    await done(holder(elsewhere).get("/user/profile"));
  });

  test("that comes many times at once ends the login once, and finds no token that holds otherwise", async () => {
    const ann = await somebody(server);
    const answers = await Promise.all(Array.from({ length: 12 }, () => chat8(server, ann).post("/auth/logout")));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(11);
  });
});

describe("a token", () => {
  const rows: [string, (ann: Person) => Promise<string> | string, string][] = [
    ["that has expired", (ann) => expiredTokenOf(server, ann), "401 AUTH_002"],
    ["that was forged", ({ accessToken }) => `${accessToken.slice(0, -2)}AA`, "401 AUTH_001"],
    ["of another kind", ({ refreshToken }) => refreshToken, "401 AUTH_001"],
    ["that is none", () => "x", "401 AUTH_001"],
    ["that is empty", () => "", "401 AUTH_001"],
  ];
  test.each(rows)("%s does not hold", async (_, tokenOf, refused) => {
    const token = await tokenOf(await somebody(server));
    expect(await refusal(holder(token).get("/friends"))).toBe(refused);
    expect(await refusal(holder(token).post("/auth/refresh"))).toBe(refused);
  });

  test("is asked for before the body is looked at", async () => {
    expect(await refusal(nobody().post("/messages", { receiver_id: "x" }))).toBe("401 AUTH_001");
  });
});

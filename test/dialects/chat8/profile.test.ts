import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { chat8, done, refusal, somebody, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await somebody(server, "ann");
});
afterAll(() => server.stop());

const hand = (who = ann) => chat8(server, who);

test("a profile is the caller's own, and shows them as here", async () => {
  expect(await done(hand().get("/user/profile"))).toEqual({
    id: numberOf(ann),
    username: ann.username,
    email: `${ann.username}@people.test`,
    avatar: "",
    status: "online",
    created_at: TIME,
    last_login: TIME,
  });
});

test("what somebody does not have is empty, and may be sent back as it is", async () => {
  const bare = await somebody(server);
  await bare.graphql("mutation { updateProfile(input: { email: null }) { __typename } }");
  const { username, email, avatar } = await done(hand(bare).get("/user/profile"));
  expect([email, avatar]).toEqual(["", ""]);
  const shown = { id: numberOf(bare), username, email: "", avatar: "" };
  expect(await done(hand(bare).put("/user/profile", { username, email, avatar }))).toEqual(shown);
});

test("what is left out or null of a profile stays as it is, and an empty picture is taken away", async () => {
  const carl = await somebody(server, "carl");
  const avatar = "https://pictures.test/carl.png";
  const email = `new-${carl.username}@people.test`;
  const shown = { id: numberOf(carl), username: "Carl-the-first", email, avatar };
  expect(await done(hand(carl).put("/user/profile", { username: "Carl-the-first", email, avatar }))).toEqual(shown);
  expect(await done(hand(carl).put("/user/profile", {}))).toEqual(shown);
  expect(await done(hand(carl).put("/user/profile", { username: null, email: null, avatar: null }))).toEqual(shown);
  expect(await done(hand(carl).put("/user/profile", { avatar: "", id: 1, role: "ADMIN" }))).toEqual({
    ...shown,
    avatar: "",
  });
});

test.each([
  [{ username: "a" }, "422 VALIDATION_ERROR username"],
  [{ username: 5 }, "422 VALIDATION_ERROR username"],
  [{ email: "nowhere" }, "422 VALIDATION_ERROR email"],
  [{ avatar: "javascript:alert(1)" }, "422 VALIDATION_ERROR avatar"],
  [{ avatar: ["https://x.test"] }, "422 VALIDATION_ERROR avatar"],
])("a profile does not become %j", async (changes, refused) => {
  const before = await done(hand().get("/user/profile"));
  expect(await refusal(hand().put("/user/profile", changes))).toBe(refused);
  expect(await done(hand().get("/user/profile"))).toEqual({ ...before, last_login: TIME });
});

test("nobody takes another's user name or e-mail address", async () => {
  const other = await somebody(server);
  const taken = { username: other.username.toUpperCase() };
  expect(await refusal(hand().put("/user/profile", taken))).toBe("409 USER_002 username");
  const email = `${other.username}@people.test`;
  expect(await refusal(hand().put("/user/profile", { email }))).toBe("409 USER_003 email");
});

describe("a password", () => {
  const change = (who: Person, more: object = {}) =>
    hand(who).put("/user/password", {
      current_password: who.password,
      new_password: "another password",
      confirm_password: "another password",
      ...more,
    });

  test("is changed by whoever knows it, and other logins end", async () => {
    const dora = await somebody(server, "dora");
    const { access_token: elsewhere } = await done(chat8(server, null).post("/auth/login", dora));
    const { body } = await change(dora);
    expect(body).toEqual({ success: true, message: "密码修改成功", timestamp: TIME });
    await done(hand(dora).get("/user/profile"));
    expect(await refusal(chat8(server, { accessToken: elsewhere }).get("/user/profile"))).toBe("401 AUTH_001");
    expect(await refusal(chat8(server, null).post("/auth/login", dora))).toBe("401 AUTH_003");
    await done(chat8(server, null).post("/auth/login", { ...dora, password: "another password" }));
  });

  test.each([
    ["a wrong one", { current_password: "wrong" }, "400 AUTH_003 current_password"],
    ["none", { current_password: undefined }, "422 VALIDATION_ERROR current_password"],
    ["a number", { current_password: 7 }, "422 VALIDATION_ERROR current_password"],
    ["a short new one", { new_password: "x", confirm_password: "x" }, "422 VALIDATION_ERROR new_password"],
    ["another new one the second time", { confirm_password: "x" }, "422 VALIDATION_ERROR confirm_password"],
  ])("stays where %s is given", async (_, more, refused) => {
    expect(await refusal(change(ann, more))).toBe(refused);
    await done(chat8(server, null).post("/auth/login", ann));
  });
});

describe("a status", () => {
  test.each(["away", "offline", "online"] as const)("%s is what one is shown as from then on", async (status) => {
    expect(await done(hand().put("/user/status", { status }))).toEqual({ status });
    expect((await done(hand().get("/user/profile"))).status).toBe(status);
  });

  test.each([{ status: "busy" }, { status: "ONLINE" }, { status: null }, {}])("is not %j", async (body) => {
    expect(await refusal(hand().put("/user/status", body))).toBe("422 VALIDATION_ERROR status");
    expect((await done(hand().get("/user/profile"))).status).toBe("online");
  });
});

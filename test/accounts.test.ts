import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

const REGISTER = `mutation ($input: RegisterInput!) {
  register(input: $input) { accessToken expiresIn user { id username displayName role avatarUrl } }
}`;
const UPDATE = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    user { username displayName avatarUrl }
    viewer { email phone directMessagePolicy }
  }
}`;
const USERS = `query ($search: String, $first: Int, $after: String, $last: Int, $before: String) {
  users(search: $search, first: $first, after: $after, last: $last, before: $before) {
    nodes { username } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const PASSWORD = "correct horse battery";

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
});
afterAll(() => server.stop());

const register = (input: Record<string, unknown>, where: TestServer = server) =>
  post(where.url, REGISTER, { input: { password: PASSWORD, ...input } });

describe("registering", () => {
  test("logs the new person in", async () => {
    const { data } = await register({ username: "bea", email: "bea@example.org", displayName: "Bea B." });
    expect(data.register).toMatchObject({
      expiresIn: 1_800,
      user: { username: "bea", displayName: "Bea B.", role: "USER", avatarUrl: null },
    });
    const authorization = `Bearer ${data.register.accessToken}`;
    const me = await post(server.url, `{ viewer { email phone user { id username } } }`, {}, { authorization });
    expect(me.data.viewer).toEqual({
      email: "bea@example.org",
      phone: null,
      user: { id: data.register.user.id, username: "bea" },
    });
  });

  test("needs neither an e-mail address nor a display name", async () => {
    const { data } = await register({ username: "cyd" });
    expect(data.register.user.displayName).toBe("cyd");
  });

  test.each([
    ["李小龙", "李小龙"],
    ["Ünal.Çelik", "Ünal.Çelik"],
    ["नमस्ते", "नमस्ते"],
    ["ｆｕｌｌ", "full"],
    ["a-b_c.9", "a-b_c.9"],
  ])("takes the user name %s as %s", async (username, stored) => {
    const { data } = await register({ username });
    expect(data.register.user.username).toBe(stored);
  });

  test.each([
    ["username", { username: "ab" }, 3],
    ["username", { username: "a".repeat(33) }, 32],
    ["username", { username: "a b c" }, undefined],
    ["username", { username: "a@b.c" }, undefined],
    ["username", { username: "ada\u200b" }, undefined],
    ["username", { username: "ab\u3164c" }, undefined],
    ["username", { username: "\u202eada" }, undefined],
    ["username", { username: "ada\0" }, undefined],
    ["username", { username: "😀😀😀" }, undefined],
    ["email", { username: "dan", email: "dan" }, undefined],
    ["email", { username: "dan", email: `${"d".repeat(250)}@x.org` }, 254],
    ["password", { username: "dan", password: "1234567" }, 8],
    ["password", { username: "dan", password: "1".repeat(129) }, 128],
    ["password", { username: "dan", password: "12345678\ud800" }, undefined],
    ["displayName", { username: "dan", displayName: " " }, 1],
    ["displayName", { username: "dan", displayName: "\u200b\u200b" }, undefined],
    ["displayName", { username: "dan", displayName: "d".repeat(65) }, 64],
    ["displayName", { username: "dan", displayName: "dan\u202enad" }, undefined],
  ])("refuses, naming %s: %j", async (field, input, limit) => {
    const { data, errors } = await register(input);
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
    expect(errors?.[0]?.extensions.limit).toBe(limit);
  });

  test.each([
    ["username", { username: "ADA", email: "other@example.org" }],
    ["email", { username: "other", email: "ADA@People.test" }],
  ])("refuses a %s that somebody has, case ignored", async (field, input) => {
    const { errors } = await register(input);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field });
  });

  test.each(["system", "System", "\uff33ystem"])(
    "does not let anybody be called as the server is: %s",
    async (username) => {
      const { errors } = await register({ username });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "username" });
    },
  );

  test("gives a name that many want at once to one of them", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ username: "wanted" })));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "made").toSorted();
    expect(codes).toEqual([...Array<string>(7).fill("CONFLICT"), "made"]);
  });

  test("is refused where registration is closed", async () => {
    const closed = await startServer({ openRegistration: false });
    try {
      const { errors } = await register({ username: "eve" }, closed);
      expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    } finally {
      await closed.stop();
    }
  });
});

describe("a profile", () => {
  test("changes where it is told to and nowhere else", async () => {
    const fay = await person(server, "fay");
    const first = await fay.graphql(UPDATE, {
      input: { phone: "+49 (30) 901-820", avatarUrl: "https://example.org/fay.png", directMessagePolicy: "FRIENDS" },
    });
    expect(first.data.updateProfile).toEqual({
      user: { username: "fay", displayName: "fay", avatarUrl: "https://example.org/fay.png" },
      viewer: { email: "fay@people.test", phone: "+49 (30) 901-820", directMessagePolicy: "FRIENDS" },
    });
    const second = await fay.graphql(UPDATE, {
      input: { username: "Fay", displayName: "Fay F.", email: null, directMessagePolicy: null },
    });
    expect(second.data.updateProfile).toEqual({
      user: { username: "Fay", displayName: "Fay F.", avatarUrl: "https://example.org/fay.png" },
      viewer: { email: null, phone: "+49 (30) 901-820", directMessagePolicy: "FRIENDS" },
    });
    const seen = await ada.graphql(`{ user(username: "FAY") { displayName } }`);
    expect(seen.data.user.displayName).toBe("Fay F.");
  });

  test.each([
    ["username", { username: "x" }],
    ["displayName", { displayName: "" }],
    ["email", { email: "nowhere" }],
    ["phone", { phone: "call me" }],
    ["phone", { phone: "1".repeat(33) }],
    ["avatarUrl", { avatarUrl: "javascript:alert(1)" }],
    ["avatarUrl", { avatarUrl: "https://user:secret@example.org/" }],
    ["avatarUrl", { avatarUrl: `https://example.org/${"a".repeat(2_048)}` }],
  ])("does not change, naming %s: %j", async (field, input) => {
    const gil = await person(server, `gil-${Math.random().toString(36).slice(2)}`);
    const { errors } = await gil.graphql(UPDATE, { input: { phone: "12345", ...input } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
    const { data } = await gil.graphql(`{ viewer { phone user { displayName } } }`);
    expect(data.viewer).toEqual({ phone: null, user: { displayName: gil.username } });
  });

  test("cannot take what somebody else has", async () => {
    const hal = await person(server, "hal");
    const name = await hal.graphql(UPDATE, { input: { username: "Ada" } });
    expect(name.errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "username" });
    const email = await hal.graphql(UPDATE, { input: { email: "ADA@people.test", displayName: "Ada" } });
    expect(email.errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "email" });
    const { data } = await hal.graphql(`{ viewer { email user { username displayName } } }`);
    expect(data.viewer).toEqual({ email: "hal@people.test", user: { username: "hal", displayName: "hal" } });
  });

  test("is nobody's to change who is not logged in", async () => {
    const { errors } = await post(server.url, UPDATE, { input: { displayName: "x" } });
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });
});

describe("people", () => {
  test("are found by id, by user name and as nodes, and strangers are not there", async () => {
    const { data } = await ada.graphql(
      `query ($id: ID!) {
        byId: user(id: $id) { username }
        byName: user(username: "aDa") { id }
        nobody: user(id: "user_999999") { id }
        noName: user(username: "no such name") { id }
        node(id: $id) { id ... on User { username } }
        none: node(id: "user_999999") { id }
      }`,
      { id: ada.id },
    );
    expect(data).toEqual({
      byId: { username: "ada" },
      byName: { id: ada.id },
      nobody: null,
      noName: null,
      node: { id: ada.id, username: "ada" },
      none: null,
    });
  });

  test.each([
    ["id", `{ user(id: "conv_1") { id } }`],
    ["id", `{ user(id: "1") { id } }`],
    ["id", `{ user { id } }`],
    ["username", `{ user(id: "user_1", username: "ada") { id } }`],
    ["search", `{ users(search: "${"x".repeat(65)}") { nodes { id } } }`],
    ["search", `{ users(search: "\\u0000") { nodes { id } } }`],
    ["first", `{ users(first: 101) { nodes { id } } }`],
    ["last", `{ users(first: 1, last: 1) { nodes { id } } }`],
    ["after", `{ users(after: "nonsense") { nodes { id } } }`],
    ["before", `{ users(before: "${Buffer.from('["\\u0000"]').toString("base64url")}") { nodes { id } } }`],
  ])("are not asked for with a %s like this: %s", async (field, query) => {
    const { errors } = await ada.graphql(query);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
  });

  test("are nobody's to see who is not logged in", async () => {
    for (const query of [
      `{ users { nodes { id } } }`,
      `{ user(username: "ada") { id } }`,
      `{ node(id: "user_1") { id } }`,
    ]) {
      const { errors } = await post(server.url, query);
      expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    }
    expect((await post(server.url, `{ viewer { email } }`)).data.viewer).toBeNull();
  });

  test("show nobody their e-mail address, telephone number or password", async () => {
    for (const field of ["email", "phone", "passwordHash", "externalId"]) {
      const { errors } = await ada.graphql(`{ users { nodes { ${field} } } }`);
      expect(errors?.[0]?.message).toContain(`Cannot query field "${field}"`);
    }
  });
});

describe("the list of people", () => {
  let town: TestServer;
  let zoe: Person;
  beforeAll(async () => {
    town = await startServer();
    zoe = await person(town, "zoe");
    for (const username of ["Ma.1", "ma_2", "MAX", "mb%", "小明明"]) {
      if (username === "mb%") await register({ username: "mb3", displayName: "100% Meike" }, town);
      else await register({ username }, town);
    }
  });
  afterAll(() => town.stop());

  const names = async (variables: Record<string, unknown>): Promise<string[]> => {
    const { data } = await zoe.graphql(USERS, variables);
    return data.users.nodes.map(({ username }: { username: string }) => username);
  };

  test.each([
    ["ma", ["Ma.1", "ma_2", "MAX"]],
    ["MA_", ["ma_2"]],
    ["小明", ["小明明"]],
    ["明", ["小明明"]],
    ["100%", ["mb3"]],
    ["%", ["mb3"]],
    ["a", ["Ma.1", "ma_2", "MAX"]],
    ["", ["Ma.1", "ma_2", "MAX", "mb3", "zoe", "小明明"]],
  ])("holds those whose names hold %j", async (search, expected) => {
    expect(await names({ search })).toEqual(expected);
  });

  test("is walked page by page, both ways, with nobody left out or met twice", async () => {
    const forward: string[] = [];
    let page = { hasNextPage: true, hasPreviousPage: true, startCursor: null, endCursor: null };
    while (page.hasNextPage) {
      const { data } = await zoe.graphql(USERS, { first: 2, after: page.endCursor });
      forward.push(...data.users.nodes.map(({ username }: { username: string }) => username));
      page = data.users.pageInfo;
    }
    expect(forward).toEqual(["Ma.1", "ma_2", "MAX", "mb3", "zoe", "小明明"]);

    const backward: string[] = [];
    page = { hasNextPage: true, hasPreviousPage: true, startCursor: null, endCursor: null };
    while (page.hasPreviousPage) {
      const { data } = await zoe.graphql(USERS, { last: 4, before: page.startCursor });
      backward.unshift(...data.users.nodes.map(({ username }: { username: string }) => username));
      page = data.users.pageInfo;
    }
    expect(backward).toEqual(forward);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  type Asking,
  administrator,
  attempt,
  audited,
  does,
  login,
  nobody,
  refusalOf,
} from "./support/administration.ts";
import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { describeWithRedis, startRedis } from "./support/redis.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

const REFRESH = `mutation ($input: RefreshTokenInput!) { refreshToken(input: $input) { accessToken } }`;
const ACCOUNT = "user { id role isDeactivated } account { sessionCount deactivatedAt }";

let server: TestServer;
let root: Person;
let count = 0;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
afterAll(() => server.stop());

/** Somebody new, at a server. */
const somebody = (where: TestServer = server): Promise<Person> => person(where, `somebody-${(count += 1)}`);

const logIn = (who: Person, password: string = who.password) => login(server, who.username, password);

/** Whether somebody's token still holds. */
const isIn = async (who: Asking): Promise<boolean> => (await who.graphql(`{ viewer { email } }`)).errors === undefined;

describe("what is the administrators'", () => {
  const ACTS = [
    ["setUserRole", { role: "DOCTOR" }],
    ["deactivateUser", {}],
    ["reactivateUser", {}],
    ["resetPassword", {}],
  ] as const;

  test.each(ACTS)("%s is refused to everybody else, and leaves no trace", async (verb, input) => {
    const [ada, bea] = await Promise.all([somebody(), somebody()]);
    const asked = { ...input, userId: bea.id };
    expect(refusalOf(await attempt(ada, verb, asked, "user { id }"))).toBe("FORBIDDEN");
    expect(refusalOf(await attempt(bea, verb, asked, "user { id }"))).toBe("FORBIDDEN");
    expect(refusalOf(await attempt(nobody(server), verb, asked, "user { id }"))).toBe("UNAUTHENTICATED");
    expect(await audited(root, { targetId: bea.id })).toEqual([]);
    expect(await isIn(bea)).toBe(true);
  });

  test.each([
    "{ accounts { nodes { email } } }",
    `{ account(userId: "user_1") { email } }`,
    "{ auditLog { nodes { action } } }",
  ])("%s is refused to everybody else", async (query) => {
    expect(refusalOf(await (await somebody()).graphql(query))).toBe("FORBIDDEN");
    expect(refusalOf(await nobody(server).graphql(query))).toBe("UNAUTHENTICATED");
  });

  test.each(ACTS)("%s is refused for nobody, and for what is no user", async (verb, input) => {
    const told = async (userId: string): Promise<string> =>
      refusalOf(await attempt(root, verb, { ...input, userId }, "user { id }"));
    expect(await told("user_999999")).toBe("NOT_FOUND userId");
    expect(await told("conv_1")).toBe("BAD_USER_INPUT userId");
  });
});

describe("a role", () => {
  test("is given, which ends the sessions that began without it", async () => {
    const ada = await somebody();
    const { user } = await does(root, "setUserRole", { userId: ada.id, role: "ADMIN" }, ACCOUNT);
    expect(user.role).toBe("ADMIN");
    expect(await isIn(ada)).toBe(false);
    const { data } = await logIn(ada);
    const authorization = `Bearer ${data.login.accessToken}`;
    expect((await post(server.url, "{ accounts { nodes { email } } }", {}, { authorization })).errors).toBeUndefined();
    const [entry] = await audited(root, { targetId: ada.id });
    expect(entry).toMatchObject({
      action: "setUserRole",
      details: { from: "USER", to: "ADMIN", endedSessions: 1 },
      actor: { username: "root" },
      ip: expect.stringContaining("127.0.0.1"),
    });
  });

  test("that somebody has already changes nothing, and is not recorded", async () => {
    const ada = await somebody();
    await does(root, "setUserRole", { userId: ada.id, role: "USER" }, ACCOUNT);
    expect(await isIn(ada)).toBe(true);
    expect(await audited(root, { targetId: ada.id })).toEqual([]);
  });

  test("of the last administrator stays, and their account stays open", async () => {
    const alone = await startServer();
    try {
      const first = await administrator(alone, "first");
      const depose = (who: Asking, whom: Person) =>
        attempt(who, "setUserRole", { userId: whom.id, role: "USER" }, "user { role }");
      const close = (who: Asking, whom: Person) => attempt(who, "deactivateUser", { userId: whom.id }, "user { id }");
      expect(refusalOf(await depose(first, first))).toBe("CONFLICT userId");
      expect(refusalOf(await close(first, first))).toBe("CONFLICT userId");

      const second = await administrator(alone, "second");
      expect(refusalOf(await close(first, second))).toBe("NONE");
      // A deactivated account counts for none.
      expect(refusalOf(await depose(first, first))).toBe("CONFLICT userId");
    } finally {
      await alone.stop();
    }
  });

  test("is taken by one only of two administrators who depose each other", async () => {
    const alone = await startServer();
    try {
      const [one, other] = [await administrator(alone, "one"), await administrator(alone, "other")];
      const told = await Promise.all(
        [[one, other] as const, [other, one] as const].map(([who, whom]) =>
          attempt(who, "setUserRole", { userId: whom.id, role: "USER" }, "user { role }"),
        ),
      );
      expect(told.map(refusalOf).filter((refusal) => refusal === "NONE")).toHaveLength(1);
      const { rows } = await alone.services.database.pool.query("select 1 from users where role = 'ADMIN'");
      expect(rows).toHaveLength(1);
    } finally {
      await alone.stop();
    }
  });
});

describe("a deactivated account", () => {
  test("is logged in to in no way, until it is opened again", async () => {
    const ada = await somebody();
    const { user, account } = await does(
      root,
      "deactivateUser",
      { userId: ada.id, reason: "Left the clinic" },
      ACCOUNT,
    );
    expect(user.isDeactivated).toBe(true);
    expect(account).toEqual({ sessionCount: 0, deactivatedAt: expect.any(String) });
    expect(await isIn(ada)).toBe(false);
    expect(refusalOf(await post(server.url, REFRESH, { input: { refreshToken: ada.refreshToken } }))).toBe(
      "UNAUTHENTICATED",
    );
    const refused = await logIn(ada);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "DEACTIVATED" });
    // Who does not know the password learns nothing.
    expect((await logIn(ada, "not her password")).errors?.[0]?.extensions.reason).toBeUndefined();

    await does(root, "reactivateUser", { userId: ada.id }, ACCOUNT);
    expect((await logIn(ada)).errors).toBeUndefined();
    expect(await isIn(ada)).toBe(false);
    const acts = await audited(root, { targetId: ada.id });
    expect(acts.map(({ action }) => action)).toEqual(["reactivateUser", "deactivateUser"]);
    expect(acts[1]?.details).toEqual({ reason: "Left the clinic", endedSessions: 1 });
  });

  test("keeps what its owner wrote, under their name, and is found and reached by nobody", async () => {
    const [ada, bea, cyd] = await Promise.all([somebody(), somebody(), somebody()]);
    const group = await does(bea, "createGroup", { name: "Two", memberIds: [ada.id] }, "group { id }");
    const conversationId = group.group.id;
    await does(ada, "sendMessage", { conversationId, content: "I was here" }, "message { id }");
    const direct = await does(bea, "openDirectConversation", { userId: ada.id }, "conversation { id }");
    const letter = { conversationId: direct.conversation.id, content: "Are you there?" };
    const { message } = await does(bea, "sendMessage", letter, "message { id }");
    await does(root, "deactivateUser", { userId: ada.id }, ACCOUNT);

    const { data } = await bea.graphql(
      `query ($id: ID!) { conversation(id: $id) { lastMessage { content sender { username isDeactivated } } } }`,
      { id: conversationId },
    );
    expect(data.conversation.lastMessage).toEqual({
      content: "I was here",
      sender: { username: ada.username, isDeactivated: true },
    });
    const found = await bea.graphql(`query ($search: String) { users(search: $search) { nodes { id } } }`, {
      search: ada.username,
    });
    expect(found.data.users.nodes).toEqual([]);
    const reach = async (verb: string, input: object): Promise<string> =>
      refusalOf(await attempt(bea, verb, { userId: ada.id, ...input }, "__typename"));
    // The conversation that the two had can be read, and neither of them writes into it.
    expect(await reach("openDirectConversation", {})).toBe("NONE");
    expect(refusalOf(await attempt(bea, "sendMessage", letter, "__typename"))).toBe("FORBIDDEN conversationId");
    const edit = { messageId: message.id, content: "Hello?" };
    expect(refusalOf(await attempt(bea, "editMessage", edit, "__typename"))).toBe("FORBIDDEN messageId");
    const stranger = await attempt(cyd, "openDirectConversation", { userId: ada.id }, "__typename");
    expect(refusalOf(stranger)).toBe("FORBIDDEN userId");
    expect(await reach("sendFriendRequest", {})).toBe("FORBIDDEN userId");
    expect(refusalOf(await attempt(bea, "createGroup", { name: "Again", memberIds: [ada.id] }, "__typename"))).toBe(
      "FORBIDDEN memberIds",
    );
  });

  test("lets nobody in whose password was being checked while it was closed", async () => {
    const ada = await somebody();
    const logins = Array.from({ length: 6 }, () => logIn(ada));
    await does(root, "deactivateUser", { userId: ada.id }, ACCOUNT);
    const answers = await Promise.all(logins);
    for (const { data } of answers) {
      const token = data?.login?.accessToken as string | undefined;
      if (token === undefined) continue;
      expect((await post(server.url, "{ viewer { email } }", {}, { authorization: `Bearer ${token}` })).status).toBe(
        401,
      );
    }
    const { rows } = await server.services.database.pool.query(
      "select 1 from sessions s join users u on u.id = s.user_id where u.username = $1 and s.revoked_at is null",
      [ada.username],
    );
    expect(rows).toEqual([]);
  });

  test("says why within bounds", async () => {
    const ada = await somebody();
    const asked = { userId: ada.id, reason: "x".repeat(501) };
    expect(refusalOf(await attempt(root, "deactivateUser", asked, "__typename"))).toBe("BAD_USER_INPUT reason");
    expect(await isIn(ada)).toBe(true);
  });
});

describe("a password", () => {
  test("that the server makes is said once, and ends the sessions", async () => {
    const ada = await somebody();
    const { password } = await does(root, "resetPassword", { userId: ada.id }, "password user { id }");
    expect(password).toMatch(/^[\w-]{16}$/);
    expect(await isIn(ada)).toBe(false);
    expect(refusalOf(await logIn(ada))).toBe("UNAUTHENTICATED");
    expect((await logIn(ada, password)).errors).toBeUndefined();
    const [entry] = await audited(root, { targetId: ada.id });
    expect(entry).toMatchObject({ action: "resetPassword", details: { madeByServer: true, endedSessions: 1 } });
    expect(JSON.stringify(entry)).not.toContain(password);
  });

  test("may be given, within the bounds of any password", async () => {
    const ada = await somebody();
    const short = await attempt(root, "resetPassword", { userId: ada.id, newPassword: "short" }, "password");
    expect(refusalOf(short)).toBe("BAD_USER_INPUT newPassword");
    expect(await isIn(ada)).toBe(true);
    const given = await does(root, "resetPassword", { userId: ada.id, newPassword: "long enough" }, "password");
    expect(given.password).toBeNull();
    expect((await logIn(ada, "long enough")).errors).toBeUndefined();
  });
});

describeWithRedis("on two nodes", () => {
  test.each([
    ["deactivateUser", {}],
    ["setUserRole", { role: "DOCTOR" }],
    ["resetPassword", {}],
  ])("%s ends sessions at the other one at once, live sockets included", async (verb, input) => {
    const [redis, database] = await Promise.all([startRedis(), freshDatabase()]);
    const [here, there] = await Promise.all([startNode(database.url, redis.url), startNode(database.url, redis.url)]);
    try {
      const admin = await administrator(here);
      const ada = await somebody(there);
      const client = ada.ws();
      const closed = new Promise<number>((resolve) => {
        client.on("closed", (event) => resolve((event as { code: number }).code));
      });
      await new Promise<void>((resolve) => client.on("connected", () => resolve()));
      expect(await isIn(ada)).toBe(true);

      await does(admin, verb, { ...input, userId: ada.id }, "user { id }");
      expect(await closed).toBe(4403);
      expect(await isIn(ada)).toBe(false);
      expect(await isIn(ada.at(here))).toBe(false);
    } finally {
      await Promise.all([here.stop(), there.stop()]);
      await Promise.all([database.drop(), redis.stop()]);
    }
  });
});

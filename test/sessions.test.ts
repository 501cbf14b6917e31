import { SignJWT, decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { type GraphqlAnswer, post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { describeWithRedis, startRedis } from "./support/redis.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

const TOKENS = `accessToken refreshToken expiresIn user { id }`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ${TOKENS} } }`;
const REFRESH = `mutation ($input: RefreshTokenInput!) { refreshToken(input: $input) { ${TOKENS} } }`;
const LOGOUT = `mutation { logout { session { id isCurrent } } }`;
const REVOKE = `mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { session { id isCurrent } } }`;
const SESSIONS = `{ viewer { sessions { id ip userAgent isCurrent createdAt lastUsedAt expiresAt } } }`;

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
});
afterAll(() => server.stop());

const codeOf = ({ errors }: GraphqlAnswer): string | undefined => errors?.[0]?.extensions.code;

async function login(who: Pick<Person, "username" | "password">, where: TestServer = server): Promise<Tokens> {
  const answer = await post(where.url, LOGIN, { input: { username: who.username, password: who.password } });
  return answer.data.login;
}

const refresh = (refreshToken: string, where: TestServer = server) =>
  post(where.url, REFRESH, { input: { refreshToken } });

const asking = (accessToken: string, query: string, variables = {}, where: TestServer = server) =>
  post(where.url, query, variables, { authorization: `Bearer ${accessToken}`, "user-agent": "a test" });

/** The code of an attempt to use the token; undefined where it holds. */
const fateOf = async (accessToken: string, where: TestServer = server): Promise<string | undefined> =>
  codeOf(await asking(accessToken, `{ viewer { email } }`, {}, where));

const sessionOf = (token: string): string => String(decodeJwt(token)["sid"]);

describe("logging in", () => {
  test.each(["ada", "ADA", "ada@people.test", "Ada@People.Test"])("works with %s", async (username) => {
    const { data } = await post(server.url, LOGIN, { input: { username, password: ada.password } });
    expect(data.login).toMatchObject({ expiresIn: 1_800, user: { id: ada.id } });
    expect(await fateOf(data.login.accessToken)).toBeUndefined();
  });

  test("answers a wrong password and a stranger with the same words", async () => {
    const tries = [
      { username: "ada", password: "not her password" },
      { username: "nobody", password: ada.password },
      { username: "nobody@people.test", password: ada.password },
    ];
    const answers = await Promise.all(tries.map((input) => post(server.url, LOGIN, { input })));
    const told = answers.map(({ data, errors, status }) => {
      return {
        data,
        status,
        errors: errors?.map((error) => ({ ...error, extensions: { ...error.extensions, requestId: "" } })),
      };
    });
    expect(told[0]).toMatchObject({ data: null, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    expect(told).toEqual([told[0], told[0], told[0]]);
  });

  test.each([
    ["username", { username: "a".repeat(255), password: "12345678" }],
    ["username", { username: "\0", password: "12345678" }],
    ["password", { username: "ada", password: "1".repeat(129) }],
  ])("refuses, naming the %s: %j", async (field, input) => {
    const { errors } = await post(server.url, LOGIN, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
  });

  test("ends the session that was used least recently, beyond 100 of them", async () => {
    const bea = await person(server, "bea");
    const busy = await login(bea);
    for (let i = 0; i < 33; i += 1) await Promise.all([login(bea), login(bea), login(bea)]);
    expect(await fateOf(bea.accessToken)).toBe("UNAUTHENTICATED");
    expect(await fateOf(busy.accessToken)).toBeUndefined();
    const { data } = await asking(busy.accessToken, SESSIONS);
    expect(data.viewer.sessions).toHaveLength(100);
  });
});

describe("an access token", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("says whose it is and how long it holds", async () => {
    const { iss, sub, exp = 0, iat = 0 } = decodeJwt(ada.accessToken);
    expect({ iss, sub: `user_${sub}`, seconds: exp - iat }).toEqual({ iss: "parlance", sub: ada.id, seconds: 1_800 });
    expect(decodeProtectedHeader(ada.accessToken)).toEqual({ alg: "HS256", typ: "at+jwt" });
  });

  test("that has expired is refused with that reason, also where it was seen before", async () => {
    const [seen, unseen] = [await login(ada), await login(ada)];
    expect(await fateOf(seen.accessToken)).toBeUndefined();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1_801_000 });
    for (const { accessToken } of [seen, unseen]) {
      const answer = await asking(accessToken, `{ viewer { email } }`);
      expect(answer.status).toBe(401);
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
    }
  });

  test("that somebody else made is refused", async () => {
    const claims = { sid: sessionOf(ada.accessToken), sub: "1" };
    const forged = new SignJWT(claims).setIssuer("parlance").setIssuedAt().setExpirationTime("1h");
    const other = await forged.setProtectedHeader({ alg: "HS256", typ: "at+jwt" }).sign(Buffer.from("x".repeat(32)));
    const [, body] = ada.accessToken.split(".");
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${body}.`;
    for (const token of [other, unsigned, ada.refreshToken, `${ada.accessToken}x`, "nonsense", "x".repeat(9_000)]) {
      const answer = await asking(token, `{ viewer { email } }`);
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
      expect(answer.errors?.[0]?.extensions.reason).toBeUndefined();
    }
  });
});

describe("refreshing", () => {
  test("gives new tokens for the same session, time after time", async () => {
    let tokens = await login(ada);
    const session = sessionOf(tokens.accessToken);
    for (let i = 0; i < 3; i += 1) {
      const { data } = await refresh(tokens.refreshToken);
      expect(data.refreshToken).toMatchObject({ expiresIn: 1_800, user: { id: ada.id } });
      tokens = data.refreshToken;
      expect(sessionOf(tokens.accessToken)).toBe(session);
      expect(await fateOf(tokens.accessToken)).toBeUndefined();
    }
  });

  test("with a token that was used before ends the session, and no other", async () => {
    const [stolen, other] = [await login(ada), await login(ada)];
    const { data } = await refresh(stolen.refreshToken);
    expect(codeOf(await refresh(stolen.refreshToken))).toBe("UNAUTHENTICATED");
    expect(codeOf(await refresh(data.refreshToken.refreshToken))).toBe("UNAUTHENTICATED");
    expect(await fateOf(data.refreshToken.accessToken)).toBe("UNAUTHENTICATED");
    expect(await fateOf(stolen.accessToken)).toBe("UNAUTHENTICATED");
    expect(await fateOf(other.accessToken)).toBeUndefined();
  });

  test("with one token many times at once succeeds once, and ends the session", async () => {
    const tokens = await login(ada);
    const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(tokens.refreshToken)));
    expect(answers.filter((answer) => answer.errors === undefined)).toHaveLength(1);
    expect(await fateOf(tokens.accessToken)).toBe("UNAUTHENTICATED");
  });

  test("needs a refresh token", async () => {
    for (const token of [ada.accessToken, "", "nonsense", "x".repeat(10_000)]) {
      expect(codeOf(await refresh(token))).toBe("UNAUTHENTICATED");
    }
  });

  test("is no more after 30 days", async () => {
    const tokens = await login(ada);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * 86_400_000 });
    const { errors } = await refresh(tokens.refreshToken).finally(() => vi.useRealTimers());
    expect(errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
  });
});

describe("logging out", () => {
  test("ends this session at once, and no other", async () => {
    const [here, there] = [await login(ada), await login(ada)];
    const { data } = await asking(here.accessToken, LOGOUT);
    expect(data.logout.session).toEqual({ id: sessionOf(here.accessToken), isCurrent: true });
    expect(await fateOf(here.accessToken)).toBe("UNAUTHENTICATED");
    expect(codeOf(await refresh(here.refreshToken))).toBe("UNAUTHENTICATED");
    expect(await fateOf(there.accessToken)).toBeUndefined();
  });

  test("needs a session", async () => {
    expect(codeOf(await post(server.url, LOGOUT))).toBe("UNAUTHENTICATED");
  });

  test("tells whoever listens, be it before or a moment after", async () => {
    const { accessToken } = await login(ada);
    const session = sessionOf(accessToken);
    const stopped = vi.fn<() => void>();
    server.services.sessions.onEnd(session, stopped)();
    const before = new Promise<void>((resolve) => server.services.sessions.onEnd(session, resolve));
    await asking(accessToken, LOGOUT);
    await before;
    await new Promise<void>((resolve) => server.services.sessions.onEnd(session, resolve));
    expect(stopped).not.toHaveBeenCalled();
  });
});

describe("sessions", () => {
  test("are listed for their owner alone, the latest first", async () => {
    const cyd = await person(server, "cyd");
    const { accessToken } = await login(cyd);
    const { data } = await asking(accessToken, SESSIONS);
    expect(data.viewer.sessions).toMatchObject([
      { id: sessionOf(accessToken), isCurrent: true, ip: "127.0.0.1" },
      { id: sessionOf(cyd.accessToken), isCurrent: false },
    ]);
  });

  test("say which client began them", async () => {
    const input = { username: ada.username, password: ada.password };
    const { data } = await post(server.url, LOGIN, { input }, { "user-agent": "u".repeat(300) });
    const mine = await asking(data.login.accessToken, SESSIONS);
    expect(mine.data.viewer.sessions[0].userAgent).toBe("u".repeat(256));
  });

  test("can be ended one by one by their owner", async () => {
    const dan = await person(server, "dan");
    const lost = await login(dan);
    const { data } = await dan.graphql(REVOKE, { input: { sessionId: sessionOf(lost.accessToken) } });
    expect(data.revokeSession.session).toEqual({ id: sessionOf(lost.accessToken), isCurrent: false });
    expect(await fateOf(lost.accessToken)).toBe("UNAUTHENTICATED");
    expect(await fateOf(dan.accessToken)).toBeUndefined();
    const again = await dan.graphql(REVOKE, { input: { sessionId: sessionOf(lost.accessToken) } });
    expect(again.errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND", field: "sessionId" });
  });

  test("cannot be ended by others", async () => {
    const eve = await person(server, "eve");
    const foreign = await eve.graphql(REVOKE, { input: { sessionId: sessionOf(ada.accessToken) } });
    const unknown = await eve.graphql(REVOKE, { input: { sessionId: "019aa000-0000-7000-8000-000000000000" } });
    expect(foreign.errors?.[0]?.message).toBe(unknown.errors?.[0]?.message);
    expect([codeOf(foreign), codeOf(unknown)]).toEqual(["NOT_FOUND", "NOT_FOUND"]);
    expect(await fateOf(ada.accessToken)).toBeUndefined();
    const malformed = await eve.graphql(REVOKE, { input: { sessionId: "session_1" } });
    expect(malformed.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "sessionId" });
  });
});

describe("what ends at one node", () => {
  /** Runs a test with two nodes on one database. */
  async function withNodes(
    redisUrl: string | undefined,
    story: (here: TestServer, there: TestServer) => Promise<void>,
  ): Promise<void> {
    const database = await freshDatabase();
    const here = await startNode(database.url, redisUrl);
    const there = await startNode(database.url, redisUrl);
    try {
      await story(here, there);
    } finally {
      await Promise.all([here.stop(), there.stop()]);
      await database.drop();
    }
  }

  test("is found out by another that hears nothing of it", () =>
    withNodes(undefined, async (here, there) => {
      const hal = await person(here, "hal");
      expect(await fateOf(hal.accessToken, there)).toBeUndefined();
      const ended = new Promise<void>((resolve) => there.services.sessions.onEnd(sessionOf(hal.accessToken), resolve));
      await hal.graphql(LOGOUT);
      await ended;
      expect(await fateOf(hal.accessToken, there)).toBe("UNAUTHENTICATED");
    }));

  test("has ended at once at another, while Redis is away", () =>
    withNodes("redis://127.0.0.1:1", async (here, there) => {
      const ivy = await person(here, "ivy");
      expect(await fateOf(ivy.accessToken, there)).toBeUndefined();
      await ivy.graphql(LOGOUT);
      expect(await fateOf(ivy.accessToken, there)).toBe("UNAUTHENTICATED");
    }));

  describeWithRedis("over Redis", () => {
    test("is told to another, and sessions that go on stay", async () => {
      const redis = await startRedis();
      try {
        await withNodes(redis.url, async (here, there) => {
          const jon = await person(here, "jon");
          const other = await login(jon, here);
          expect(await fateOf(jon.accessToken, there)).toBeUndefined();
          const ended = new Promise<void>((resolve) => {
            there.services.sessions.onEnd(sessionOf(jon.accessToken), resolve);
          });
          await jon.graphql(LOGOUT);
          await ended;
          expect(await fateOf(jon.accessToken, there)).toBe("UNAUTHENTICATED");
          expect(await fateOf(other.accessToken, there)).toBeUndefined();
        });
      } finally {
        await redis.stop();
      }
    });
  });
});

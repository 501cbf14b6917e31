import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type CryptoKey, SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { renew } from "../src/auth/auth.service.ts";
import { administrator, does } from "./support/administration.ts";
import { contextOf, refusalOf } from "./support/context.ts";
import { post } from "./support/graphql-client.ts";
import { person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

const ISSUER = "https://clinic.example.org/";
const WHO = `{ viewer { email sessions { id isCurrent expiresAt } user { id username displayName role } } }`;
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** Somebody else's identity provider: it publishes its public keys. */
let issuer: Server;
let server: TestServer;
const keys = new Map<string, CryptoKey>();
const published: object[] = [];

beforeAll(async () => {
  for (const algorithm of [...ALGORITHMS, "RS512"]) {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    keys.set(algorithm, privateKey);
    published.push({ ...(await exportJWK(publicKey)), kid: algorithm });
  }
  issuer = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
  issuer.listen(0, "127.0.0.1");
  await once(issuer, "listening");
  const { port } = issuer.address() as AddressInfo;
  const foreignIssuer = { issuer: ISSUER, jwksUrl: `http://127.0.0.1:${port}/jwks` };
  server = await startServer({ foreignIssuer, openRegistration: true });
});
afterAll(async () => {
  await server.stop();
  issuer.close();
  issuer.closeAllConnections();
});

interface Wish {
  readonly algorithm?: string;
  readonly key?: CryptoKey | Uint8Array;
  readonly issuer?: string;
  readonly expires?: string | undefined;
}

/** A token as the identity provider makes them, but for what the test wishes. */
function tokenOf(claims: Record<string, unknown>, wish: Wish = {}): Promise<string> {
  const { algorithm = "RS256", key = keys.get(algorithm), issuer: iss = ISSUER } = wish;
  if (key === undefined) throw new Error(`There is no key for ${algorithm}.`);
  const token = new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: algorithm }).setIssuer(iss).setIssuedAt();
  if (!("expires" in wish) || wish.expires !== undefined) token.setExpirationTime(wish.expires ?? "1h");
  return token.sign(key);
}

const asking = (token: string, query: string = WHO) =>
  post(server.url, query, {}, { authorization: `Bearer ${token}` });

describe("a token of another issuer", () => {
  test.each(ALGORITHMS)("signed with %s lets its person in", async (algorithm) => {
    const { data } = await asking(await tokenOf({ sub: `person-${algorithm}` }, { algorithm }));
    expect(data.viewer).toMatchObject({ email: null, user: { username: `person-${algorithm}`, role: "USER" } });
  });

  test("makes its person an account at first sight, and finds it again by the subject alone", async () => {
    const first = await asking(await tokenOf({ sub: "4711", preferred_username: "dr.ada", name: "Dr. Ada" }));
    expect(first.data.viewer.user).toMatchObject({ username: "dr.ada", displayName: "Dr. Ada" });
    const later = await asking(await tokenOf({ sub: "4711", preferred_username: "somebody", name: "Else" }));
    expect(later.data.viewer.user).toEqual(first.data.viewer.user);
    const other = await asking(await tokenOf({ sub: "4712", preferred_username: "dr.ada" }));
    expect(other.data.viewer.user.id).not.toBe(first.data.viewer.user.id);
    expect(other.data.viewer.user.username).toMatch(/^dr\.ada-[0-9a-f]{8}$/);
  });

  test("does not give its person the account of a namesake here", async () => {
    const bea = await person(server, "bea");
    const { data } = await asking(await tokenOf({ sub: "bea", preferred_username: "BEA" }));
    expect(data.viewer.user.id).not.toBe(bea.id);
    expect(data.viewer.user.username).toMatch(/^BEA-[0-9a-f]{8}$/);
  });

  test.each([
    ["auth0|5f7c", /^auth0-5f7c$/],
    ["x", /^user-[0-9a-f]{8}$/],
    ["\u200b\u202e", /^user-[0-9a-f]{8}$/],
    ["李 小龙".repeat(40), /^[李小龙-]{32}$/],
    ["a".repeat(255), /^a{32}$/],
  ])("makes a user name of any subject: %j", async (sub, expected) => {
    const { data } = await asking(await tokenOf({ sub }));
    expect(data.viewer.user.username).toMatch(expected);
  });

  test("seen many times at once makes one account and one session", async () => {
    const token = await tokenOf({ sub: "hasty", preferred_username: "hasty" });
    const answers = await Promise.all(Array.from({ length: 8 }, () => asking(token)));
    const people = answers.map(({ data }) => data.viewer.user.id);
    expect(new Set(people).size).toBe(1);
    const { data } = await asking(token);
    expect(data.viewer.sessions).toMatchObject([{ isCurrent: true }]);
  });

  test("does not let its person in whose account was deactivated here, neither the old one nor a new one", async () => {
    const root = await administrator(server);
    const token = await tokenOf({ sub: "dismissed", jti: "1" });
    const userId = (await asking(token)).data.viewer.user.id;
    await does(root, "deactivateUser", { userId }, "user { id }");
    for (const jti of ["1", "2"]) {
      const { status, errors } = await asking(await tokenOf({ sub: "dismissed", jti }));
      expect([status, errors?.[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    }
    expect((await asking(token)).status).toBe(401);
    await does(root, "reactivateUser", { userId }, "user { id }");
    expect((await asking(await tokenOf({ sub: "dismissed", jti: "3" }))).data.viewer.user.id).toBe(userId);
  });

  test("is a session: it is listed, ends with the token, and can be ended", async () => {
    const [here, there] = [await tokenOf({ sub: "cyd", jti: "1" }), await tokenOf({ sub: "cyd", jti: "2" })];
    await asking(there);
    const { data } = await asking(here);
    expect(data.viewer.sessions).toHaveLength(2);
    const { exp = 0 } = decodeJwt(here);
    expect(data.viewer.sessions[0]).toMatchObject({ isCurrent: true, expiresAt: new Date(exp * 1_000).toISOString() });

    await asking(here, `mutation { logout { session { id } } }`);
    expect(await asking(here)).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    expect((await asking(there)).data.viewer.sessions).toHaveLength(1);
  });

  test("is not renewed here", async () => {
    const ctx = await contextOf(server, { accessToken: await tokenOf({ sub: "renewer" }) });
    expect(await refusalOf(renew(ctx))).toBe("FORBIDDEN");
  });

  test("has no password to change", async () => {
    const change = `mutation { changePassword(input: { currentPassword: "", newPassword: "long enough" }) { endedSessions { id } } }`;
    const { errors } = await asking(await tokenOf({ sub: "dan" }), change);
    expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    const login = `mutation { login(input: { username: "dan", password: "" }) { expiresIn } }`;
    expect((await post(server.url, login)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test("that has expired is refused with that reason", async () => {
    const old = await asking(await tokenOf({ sub: "eve" }, { expires: "1s ago" }));
    expect(old.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
    const token = await tokenOf({ sub: "eve" });
    expect((await asking(token)).errors).toBeUndefined();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
    const aged = await asking(token).finally(() => vi.useRealTimers());
    expect(aged.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
  });

  test("does not hold where anything about it is wrong", async () => {
    const stranger = await generateKeyPair("RS256");
    const tokens = await Promise.all([
      tokenOf({ sub: "fay" }, { key: stranger.privateKey }),
      tokenOf({ sub: "fay" }, { issuer: "https://elsewhere.example.org/" }),
      tokenOf({ sub: "fay" }, { algorithm: "RS512" }),
      tokenOf({ sub: "fay" }, { algorithm: "HS256", key: Buffer.from(JSON.stringify(published[0])) }),
      tokenOf({ sub: "fay" }, { expires: undefined }),
      tokenOf({ sub: "fay", nbf: Math.floor(Date.now() / 1_000) + 600 }),
      tokenOf({}),
      tokenOf({ sub: "" }),
      tokenOf({ sub: 7 }),
      tokenOf({ sub: "f\0y" }),
      tokenOf({ sub: "f\ud800y" }),
      tokenOf({ sub: "f".repeat(256) }),
    ]);
    for (const token of tokens) {
      const answer = await asking(token);
      expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
      expect(answer.errors?.[0]?.extensions.reason).toBeUndefined();
    }
    const gil = await person(server, "gil");
    const { data } = await gil.graphql(`{ user(username: "fay") { id } }`);
    expect(data.user).toBeNull();
  });
});

describe("a server that was told of no other issuer", () => {
  test("takes none of its tokens", async () => {
    const alone = await startServer();
    try {
      const answer = await post(alone.url, WHO, {}, { authorization: `Bearer ${await tokenOf({ sub: "hal" })}` });
      expect(answer.status).toBe(401);
    } finally {
      await alone.stop();
    }
  });
});

describe("an issuer that is away", () => {
  test("is a fault of the server, and not of the token", async () => {
    const foreignIssuer = { issuer: ISSUER, jwksUrl: "http://127.0.0.1:1/jwks" };
    const cut = await startServer({ foreignIssuer });
    try {
      const ivy = await person(cut, "ivy");
      const answer = await post(cut.url, WHO, {}, { authorization: `Bearer ${await tokenOf({ sub: "ivy" })}` });
      expect(answer.errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
      expect((await ivy.graphql(WHO)).errors).toBeUndefined();
    } finally {
      await cut.stop();
    }
  });
});

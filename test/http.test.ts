import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { SignJWT } from "jose";
import { Client as PgClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { blocked } from "./support/locks.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

const FRIENDLY = "https://chat.example.org";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer({ corsOrigins: [FRIENDLY] });
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const VIEWER = "{ viewer { user { username } } }";
const request = (init: RequestInit, query = ""): Promise<Response> => fetch(`${server.url}/graphql${query}`, init);

describe("who asks", () => {
  it("is the token's owner, and nobody without a token", async () => {
    expect((await ann.graphql(VIEWER)).data).toEqual({ viewer: { user: { username: "ann" } } });
    expect((await post(server.url, VIEWER)).data).toEqual({ viewer: null });
  });

  it.each(["Bearer nonsense", "Bearer ", "Basic YW5uOnNlY3JldA==", "Bearer two tokens"])(
    "is refused with 401 for `%s`",
    async (authorization) => {
      const response = await request({
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify({ query: VIEWER }),
      });
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
      const { data, errors } = (await response.json()) as { data?: object; errors: { extensions: object }[] };
      expect(data).toBeUndefined();
      expect(errors[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
    },
  );

  it("hears that a token has expired, by its reason", async () => {
    const [header, claims] = ann.accessToken.split(".").map((part) => Buffer.from(part ?? "", "base64url").toString());
    const expired = await new SignJWT({ ...(JSON.parse(claims ?? "") as object), exp: 1_600_000_000 })
      .setProtectedHeader(JSON.parse(header ?? "") as { alg: string })
      .sign(Buffer.from(server.jwtSecret));
    const { status, errors } = await post(server.url, VIEWER, {}, { authorization: `Bearer ${expired}` });
    expect(status).toBe(401);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "EXPIRED" });
  });
});

describe("what is refused before it is executed", () => {
  it("a subscription, with 400", async () => {
    const { status, data, errors } = await ann.graphql("subscription { friendshipChanged { __typename } }");
    expect([status, data, errors?.[0]?.extensions.code]).toEqual([400, undefined, "BAD_USER_INPUT"]);
  });

  it("a mutation by GET, with 405, where a query passes", async () => {
    const headers = { "apollo-require-preflight": "1" };
    const mutation = await request({ headers }, `?query=${encodeURIComponent("mutation { logout { __typename } }")}`);
    expect(mutation.status).toBe(405);
    const query = await request({ headers }, `?query=${encodeURIComponent("{ __typename }")}`);
    expect(await query.json()).toEqual({ data: { __typename: "Query" } });
  });

  it("a request that another page's form could make: CSRF", async () => {
    expect((await request({}, `?query=${encodeURIComponent("{ __typename }")}`)).status).toBe(400);
    const body = new URLSearchParams({ query: "{ __typename }" });
    expect((await request({ method: "POST", body })).status).toBe(415);
    expect((await request({ method: "POST", body: '{"query":"{ __typename }"}' })).status).toBe(415);
  });

  it.each([
    ["no JSON", "{"],
    ["a prototype in disguise", '{"query":"{ __typename }","__proto__":{}}'],
    ["a list of nothing", "[]"],
    ["a number", "1"],
    ["no query", '{"variables":{}}'],
    ["variables as a list", '{"query":"{ __typename }","variables":[]}'],
  ])("a body that is %s, with 400", async (_what, body) => {
    const response = await request({ method: "POST", headers: { "content-type": "application/json" }, body });
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect([response.status, errors[0]?.extensions]).toMatchObject([400, { code: "BAD_USER_INPUT" }]);
  });

  it("an operation that the document does not have, or does not single out", async () => {
    const two = "query a { __typename } query b { __typename }";
    expect((await post(server.url, two)).errors?.[0]?.extensions.field).toBe("operationName");
    const response = await request({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: two, operationName: "c" }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { field: "operationName" } }] });
  });
});

describe("errors name the argument", () => {
  const send = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }";

  it.each([
    ["a variable of a wrong type", { conversationId: "conv_1", content: 5 }, "content"],
    ["a variable without a required field", { content: "Hi" }, "conversationId"],
    ["a variable with a field too many", { conversationId: "conv_1", content: "Hi", contents: "Hi" }, "contents"],
  ])("%s", async (_what, input, field) => {
    const { status, errors } = await ann.graphql(send, { input });
    expect([status, errors?.[0]?.extensions]).toMatchObject([400, { code: "BAD_USER_INPUT", field }]);
  });

  it("a variable that is missing altogether", async () => {
    const { errors } = await ann.graphql(send);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "input" });
  });

  it("an id that is none, and one that nobody has", async () => {
    const { data, errors } = await ann.graphql(
      '{ good: node(id: "user_999999") { id } bad: node(id: "nonsense") { id } }',
    );
    expect(data).toEqual({ good: null, bad: null });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ path: ["bad"], extensions: { code: "BAD_USER_INPUT", field: "id" } });
  });

  it("more ids than are taken at once", async () => {
    const ids = (count: number) => ({ ids: Array.from({ length: count }, (_, index) => `user_${index + 1}`) });
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    expect((await ann.graphql(query, ids(100))).data.nodes).toHaveLength(100);
    expect((await ann.graphql(query, ids(101))).errors?.[0]?.extensions).toMatchObject({ field: "ids", limit: 100 });
  });
});

describe("a fault of the server", () => {
  it("is told with the request's id and without a word about the inside, and the server lives on", async () => {
    const broken = await startServer();
    try {
      await broken.services.database.pool.query("alter table users rename to people");
      const login = 'mutation { login(input: { username: "ann", password: "guess" }) { accessToken } }';
      const { status, errors } = await post(broken.url, login, {}, { "x-request-id": "r-1" });
      expect(status).toBe(200);
      expect(errors?.[0]?.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", requestId: "r-1" });
      expect(JSON.stringify(errors)).not.toMatch(/relation|select|users|\.ts/i);
      await broken.services.database.pool.query("alter table people rename to users");
      expect((await post(broken.url, login)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    } finally {
      await broken.stop();
    }
  });
});

describe("health", () => {
  it("the process is alive; it is ready while it has its database", async () => {
    const database = await freshDatabase();
    const node = await startNode(database.url, undefined);
    try {
      expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
      await database.drop();
      const ready = await fetch(`${node.url}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { status: "unavailable", database: false }]);
      expect(await (await fetch(`${node.url}/healthz`)).json()).toEqual({ status: "ok" });
    } finally {
      await node.stop();
    }
  });
});

describe("headers", () => {
  const preflight = (origin: string): Promise<Response> =>
    request({
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });

  it("a page of an origin that is allowed may call, another may not", async () => {
    expect((await preflight(FRIENDLY)).headers.get("access-control-allow-origin")).toBe(FRIENDLY);
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });

  it("a request keeps the id that it comes with, if that is harmless", async () => {
    const idOf = async (given: string) =>
      (await request({ headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await idOf("proxy-1")).toBe("proxy-1");
    expect(await idOf("a b<script>")).toMatch(/^[\da-f-]{36}$/);
  });

  it("nothing is to be sniffed, framed or executed", async () => {
    const { headers } = await fetch(`${server.url}/healthz`);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  it("the bare address leads to the API's page, and other paths do not", async () => {
    const bare = await fetch(`${server.url}/`, { redirect: "manual" });
    expect([bare.status, bare.headers.get("location")]).toEqual([302, "/graphql"]);
    const page = await fetch(`${server.url}/`, { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
    expect((await fetch(`${server.url}/index.html`, { redirect: "manual" })).status).toBe(404);
  });

  it("a path that is not there is a 404 in JSON", async () => {
    const response = await fetch(`${server.url}/nowhere`);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { errors: [{ extensions: { code: "NOT_FOUND" } }] },
    ]);
  });
});

describe("a client that offers another protocol", () => {
  const offering = async (upgrade: string, path: string): Promise<string> => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${upgrade}\r\n` +
        `HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"query":"{__typename}"}`,
    );
    return text(socket);
  };

  it("is answered by HTTP/1.1, as if it had not", async () => {
    for (const upgrade of ["h2c", "TLS/1.0, h2c"]) {
      const answer = await offering(upgrade, "/graphql");
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      expect(answer).toContain('"__typename":"Query"');
    }
  });

  it("is sent away where it offers a WebSocket and there is none", async () => {
    expect(await offering("WebSocket", "/nothing")).toMatch(/^HTTP\/1.1 404 /);
  });
});

describe("when the server stops", () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it("a request that is under way is answered first", async () => {
    const node = await startNode(database.url, undefined);
    const ben = await person(node, "ben");
    const lock = new PgClient({ connectionString: database.url });
    await lock.connect();
    await lock.query("begin; lock table users in access exclusive mode");
    const answer = ben.graphql(VIEWER);
    await blocked(lock, 1);
    const stopped = node.stop();
    await lock.query("commit");
    await lock.end();
    expect(await answer).toMatchObject({ status: 200, data: { viewer: { user: { username: "ben" } } } });
    await stopped;
    await expect(fetch(`${node.url}/healthz`)).rejects.toThrow("fetch failed");
  });
});

import { Client as PgClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { LIMITS } from "../src/graphql/limits.ts";
import { ask, connect } from "./support/graphql-client.ts";
import { blocked } from "./support/locks.ts";
import { type Person, person } from "./support/people.ts";
import { freshDatabase } from "./support/postgres.ts";
import { type RawSocket, closeOf, rawSocket, refusalOf } from "./support/raw-socket.ts";
import { type TestServer, startNode, startServer } from "./support/server.ts";

const FRIENDLY = "https://chat.example.org";
const VIEWER = "{ viewer { user { username } } }";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer({ corsOrigins: [FRIENDLY] });
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

async function admitted(payload: object = {}): Promise<RawSocket> {
  const socket = await rawSocket(server.wsUrl);
  socket.say({ type: "connection_init", payload });
  expect(await socket.hear()).toEqual({ type: "connection_ack" });
  return socket;
}

describe("who asks over a WebSocket", () => {
  it.each([
    ["token", (token: string) => ({ token })],
    ["Authorization", (token: string) => ({ Authorization: `Bearer ${token}` })],
    ["authorization", (token: string) => ({ authorization: `Bearer ${token}` })],
  ])("is the owner of the %s in connectionParams", async (_name, params) => {
    const client = connect(server.wsUrl, params(ann.accessToken));
    expect(await ask(client, VIEWER)).toEqual({ data: { viewer: { user: { username: "ann" } } } });
    await client.dispose();
  });

  it("is nobody without a token, and such a one may register", async () => {
    const client = connect(server.wsUrl, { token: null });
    expect(await ask(client, VIEWER)).toEqual({ data: { viewer: null } });
    const input = {
      username: "nadia",
      password: "a long secret of hers",
      email: "nadia@people.test",
      displayName: "Nadia",
    };
    const register = "mutation ($input: RegisterInput!) { register(input: $input) { user { username } } }";
    expect(await ask(client, register, { input })).toEqual({ data: { register: { user: { username: "nadia" } } } });
    await client.dispose();
  });

  it.each([{ token: "nonsense" }, { token: "" }, { token: 5 }, { Authorization: "Basic YW5uOnNlY3JldA==" }])(
    "is sent away with 4403 for %o",
    async (payload) => {
      const socket = await rawSocket(server.wsUrl);
      socket.say({ type: "connection_init", payload });
      expect(await closeOf(socket.ws)).toMatchObject({ code: 4403 });
    },
  );

  it("is sent away when the session ends, and only from that session's sockets", async () => {
    const zoe = await person(server, "zoe");
    const login = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";
    const second = await zoe.graphql(login, { input: { username: zoe.username, password: zoe.password } });
    const [first, other] = [
      await admitted({ token: zoe.accessToken }),
      await admitted({ token: second.data.login.accessToken }),
    ];
    const closed = closeOf(first.ws);
    await zoe.graphql("mutation { logout { __typename } }");
    expect(await closed).toMatchObject({ code: 4403 });
    other.say({ id: "1", type: "subscribe", payload: { query: VIEWER } });
    expect(await other.hear()).toMatchObject({ payload: { data: { viewer: { user: { username: "zoe" } } } } });
    other.ws.close();
  });
});

describe("pages of other origins", () => {
  it("may open a WebSocket from where CORS_ORIGINS says, from the server's own and with none", async () => {
    const own = new URL(server.url).origin;
    for (const origin of [FRIENDLY, own, "http://parlance.test", undefined]) {
      const { ws } = await rawSocket(server.wsUrl, origin === undefined ? {} : { origin });
      const closed = closeOf(ws);
      ws.close(1000);
      expect(await closed).toMatchObject({ code: 1000 });
    }
  });

  it.each(["https://evil.example", "null", "not an origin"])("may not from `%s`", async (origin) => {
    expect(await refusalOf(server.wsUrl, { origin })).toBe(403);
  });

  it("a path that no door has is a 404", async () => {
    expect(await refusalOf(server.wsUrl.replace("/graphql", "/nowhere"))).toBe(404);
  });
});

describe("the protocol", () => {
  it.each([
    ["before connection_init", [{ id: "1", type: "subscribe", payload: { query: VIEWER } }], 4401],
    ["with connection_init twice", [{ type: "connection_init" }, { type: "connection_init" }], 4429],
    ["that is no JSON", ["{"], 4400],
    ["of a type that there is not", [{ type: "start" }], 4400],
    ["with a resumeKey that is no string", [{ type: "connection_init", payload: { resumeKey: 5 } }], 4400],
    ["with a resumeKey that is too long", [{ type: "connection_init", payload: { resumeKey: "x".repeat(129) } }], 4400],
    ["of more than a mebibyte", [JSON.stringify({ type: "ping", payload: { x: "x".repeat(LIMITS.bodyBytes) } })], 1009],
  ])("a message %s ends the connection", async (_what, messages, code) => {
    const socket = await rawSocket(server.wsUrl);
    const closed = closeOf(socket.ws);
    for (const message of messages) socket.say(message);
    expect(await closed).toMatchObject({ code });
  });

  it("another subprotocol than graphql-transport-ws is refused", async () => {
    await expect(rawSocket(server.wsUrl, {}, "graphql-ws")).rejects.toThrow("subprotocol");
  });

  it("an id that is in use ends the connection", async () => {
    const socket = await admitted({ token: ann.accessToken });
    const message = {
      id: "1",
      type: "subscribe",
      payload: { query: "subscription { friendshipChanged { __typename } }" },
    };
    socket.say(message);
    socket.say(message);
    expect(await closeOf(socket.ws)).toMatchObject({ code: 4409 });
  });

  it("an id of 128 characters is taken, a longer one is refused, and the connection goes on", async () => {
    const socket = await admitted();
    const answerTo = async (id: string): Promise<unknown> => {
      socket.say({ id, type: "subscribe", payload: { query: "{ __typename }" } });
      const answer = await socket.hear();
      if ((answer as { type: string }).type === "next") await socket.hear();
      return answer;
    };
    expect(await answerTo("x".repeat(128))).toMatchObject({ type: "next", payload: { data: { __typename: "Query" } } });
    expect(await answerTo("x".repeat(129))).toMatchObject({
      type: "error",
      payload: [{ extensions: { code: "BAD_USER_INPUT", reason: "operationIdLength", limit: 128 } }],
    });
    expect(await answerTo("1")).toMatchObject({ type: "next" });
    socket.ws.close();
  });

  it("two hundred operations may be under way on one connection, and not one more", async () => {
    const socket = await admitted({ token: ann.accessToken });
    const subscribe = (id: number): void =>
      socket.say({
        id: `${id}`,
        type: "subscribe",
        payload: { query: "subscription { friendshipChanged { __typename } }" },
      });
    for (let id = 0; id <= LIMITS.operationsPerSocket; id += 1) subscribe(id);
    expect(await socket.hear()).toMatchObject({
      id: "200",
      type: "error",
      payload: [{ extensions: { code: "BAD_USER_INPUT", reason: "operationsPerSocket", limit: 200 } }],
    });
    socket.say({ id: "0", type: "complete" });
    socket.say({ id: "200", type: "subscribe", payload: { query: "{ __typename }" } });
    expect(await socket.hear()).toMatchObject({ id: "200", type: "next" });
    socket.ws.close();
  });
});

describe("errors over a WebSocket", () => {
  it("have the shape that they have over HTTP", async () => {
    const client = ann.ws();
    for (const query of [
      "{ nothing }",
      "{",
      '{ node(id: "nonsense") { id } }',
      "query a { __typename } query b { __typename }",
    ]) {
      const { status: _status, ...overHttp } = await ann.graphql(query);
      const overSocket = await ask(client, query);
      const comparable = (answer: object): unknown =>
        JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === "requestId" ? typeof value : value)));
      expect(comparable(overSocket)).toEqual(comparable(overHttp));
    }
    await client.dispose();
  });
});

describe("when the server stops", () => {
  it("idle connections are sent away with 1001, busy ones when they have their answer", async () => {
    const database = await freshDatabase();
    const node = await startNode(database.url, undefined);
    const ben = await person(node, "ben");
    const [idle, busy] = [await rawSocket(node.wsUrl), await rawSocket(node.wsUrl)];
    for (const socket of [idle, busy]) {
      socket.say({ type: "connection_init", payload: { token: ben.accessToken } });
      await socket.hear();
    }
    const lock = new PgClient({ connectionString: database.url });
    await lock.connect();
    await lock.query("begin; lock table users in access exclusive mode");
    busy.say({ id: "1", type: "subscribe", payload: { query: VIEWER } });
    await blocked(lock, 1);

    const ends = [closeOf(idle.ws), closeOf(busy.ws)] as const;
    const stopped = node.stop();
    expect(await ends[0]).toEqual({ code: 1001, reason: "Going away" });
    await expect(refusalOf(node.wsUrl)).rejects.toThrow("ECONNREFUSED");
    await lock.query("commit");
    await lock.end();
    expect(await busy.hear()).toMatchObject({
      id: "1",
      type: "next",
      payload: { data: { viewer: { user: { username: "ben" } } } },
    });
    expect(await busy.hear()).toEqual({ id: "1", type: "complete" });
    expect(await ends[1]).toEqual({ code: 1001, reason: "Going away" });
    await stopped;
    await database.drop();
  });
});

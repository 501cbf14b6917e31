import { connect } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { post } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type RestAnswer, request, rest } from "./support/rest.ts";

const FRIENDLY = "https://chat.example.org";
const LARGE = 1_048_577;

let server: TestServer;
let ann: Person;

beforeAll(async () => {
  server = await startServer({ corsOrigins: [FRIENDLY] });
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

/** Sends a body to where JSON is taken. */
function send(
  body: string | Uint8Array<ArrayBuffer>,
  contentType = "application/json",
  path = "/api/chat/send",
): Promise<RestAnswer> {
  const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": contentType };
  return request(server, path, { method: "POST", headers, body });
}
const beat = (authorization?: string): Promise<RestAnswer> =>
  request(server, "/api/chat/heartbeat", {
    method: "POST",
    headers: authorization === undefined ? {} : { authorization },
  });

describe("a body is refused with 400, in the words of the door that was asked,", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    [
      "of another character set",
      Buffer.from('{"content":"\xc4\xe3\xba\xc3"}', "latin1"),
      "application/json; charset=gbk",
    ],
    ["that ends within a character", Buffer.from('{"content":"\xe4\xbd"}', "latin1"), "application/json"],
    [
      "of a form in another character set",
      Buffer.from("content=\xc4\xe3", "latin1"),
      "application/x-www-form-urlencoded",
    ],
    ["that is no JSON", "{", "application/json"],
    ["that ends too early", '{"content":"a', "application/json"],
    ["of two values", "{}{}", "application/json"],
    ["that would change a prototype", '{"content":"a","__proto__":{"isAdmin":true}}', "application/json"],
    ["that would change one from below", '{"content":{"__proto__":{}}}', "application/json"],
    ["that would change one by its constructor", '{"constructor":{"prototype":{}}}', "application/json"],
    ["nested without end", "[".repeat(100_000), "application/json"],
    ["that is a number", "5", "application/json"],
    ["that is null", "null", "application/json"],
    ["that is nothing", "", "application/json"],
    ["of another media type", '{"content":"a"}', "text/plain"],
    ["of XML", "<content>a</content>", "application/xml"],
    ["of a media type that is none", '{"content":"a"}', "json"],
    ["of a form without the field", "a=b", "application/x-www-form-urlencoded"],
  ])("%s", async (_, body, contentType) => {
    const answer = await send(body, contentType);
    expect([answer.status, answer.body]).toEqual([400, { detail: expect.stringMatching(/^请求参数错误: /) }]);
    expect(answer.headers.get("x-request-id")).toMatch(/./);
  });
});

test("a body over 1 MiB is refused with 413, and one within is read", async () => {
  const large = await send(JSON.stringify({ content: "a", more: "x".repeat(LARGE) }));
  expect([large.status, large.body]).toEqual([413, { detail: expect.stringMatching(/^文件过大: /) }]);
  const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": "application/json" };
  const body = new Blob(['{"content":"', "x".repeat(2 * LARGE)]).stream();
  const endless = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  expect((await request(server, "/api/chat/send", endless)).status).toBe(413);
  expect((await send(JSON.stringify({ content: "a", more: "x".repeat(1_000_000) }))).status).toBe(200);
});

test.each([
  ["whose length is said", (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`],
  [
    "that comes in chunks",
    (body: string) => `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
])(
  "who reads nothing before all of a body is sent hears that it is too large, and may go on: one %s",
  async (_, sent) => {
    const head = `HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.accessToken}\r\n`;
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.pause();
    const body = sent(JSON.stringify({ content: "x".repeat(8 * LARGE) }));
    socket.write(`POST /api/chat/send ${head}Content-Type: application/json\r\n${body}`);
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.write(`GET /api/chat/stats ${head}Connection: close\r\n\r\n`, () => resolve());
    });
    const said = await text(socket);
    expect(said.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  },
);

test("a request without a body may say of which kind it is", async () => {
  for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
    expect((await send("", type, "/api/chat/heartbeat")).status).toBe(200);
  }
});

describe("a number in a path is written in one way", () => {
  test.each(["0x1", "1e0", "1.0", "+1", "%201", "1%20", "01", "%EF%BC%91", "1%00", "0b1", "Infinity"])(
    "and not as %s",
    async (written) => {
      const { get } = rest(server, ann);
      expect((await get(`/api/chat/rooms/${written}/`)).status).toBe(404);
      expect((await get(`/api/chat/user-ip/${written}`)).status).toBe(404);
      expect((await get(`/api/v1/encryption/public-key/${written}`)).status).toBe(400);
    },
  );
});

describe("a token", () => {
  const refused = { detail: expect.stringMatching(/^未认证: /) };

  test.each<[string, string | undefined]>([
    ["that is not sent", undefined],
    ["without Bearer", "token"],
    ["that is missing behind Bearer", "Bearer"],
    ["of two words", "Bearer a b"],
    ["that is none", "Bearer nonsense"],
    ["of another scheme", "Basic YW5uOnNlY3JldA=="],
    ["that nobody signed", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."],
    ["that is far too long", `Bearer ${"x".repeat(9_000)}`],
  ])("%s is refused with 401, which says how to come in", async (_, authorization) => {
    const { status, body, headers } = await beat(authorization);
    expect([status, body, headers.get("www-authenticate")]).toEqual([401, refused, "Bearer"]);
  });

  test("that has expired is refused with 401", async () => {
    const [header, claims] = ann.accessToken.split(".").map((part) => Buffer.from(part ?? "", "base64url").toString());
    const expired = await new SignJWT({ ...(JSON.parse(claims ?? "") as object), exp: 1_600_000_000 })
      .setProtectedHeader(JSON.parse(header ?? "") as { alg: string })
      .sign(Buffer.from(server.jwtSecret));
    const { status, body } = await beat(`Bearer ${expired}`);
    expect([status, body]).toEqual([401, refused]);
  });

  test("whose login has ended is refused with 401, and held before", async () => {
    const carl = await person(server, "carl");
    expect((await beat(`Bearer ${carl.accessToken}`)).status).toBe(200);
    await carl.graphql("mutation { logout { __typename } }");
    const { status, body } = await beat(`Bearer ${carl.accessToken}`);
    expect([status, body]).toEqual([401, refused]);
  });

  test("is asked for before anything is said of the body, and is not taken from the query", async () => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: "{" };
    expect((await request(server, "/api/chat/send", init)).status).toBe(401);
    expect((await request(server, `/api/chat/stats?token=${ann.accessToken}`, {})).status).toBe(401);
  });
});

describe("a path that no older protocol knows answers 404 with the body of every one of them", () => {
  const words = expect.stringMatching(/^资源不存在: /);
  const CHAT = { success: false, detail: words, message: words, error: words, timestamp: expect.any(String) };
  const V1 = { ...CHAT, error: { code: "NOT_FOUND", message: words, details: {} } };

  test.each([
    ["GET", "/api/chat", CHAT],
    ["GET", "/api/chat/nothing", CHAT],
    ["GET", "/api/chat/stats/more", CHAT],
    ["PATCH", "/api/chat/send", CHAT],
    ["GET", "/api/chat/send", CHAT],
    ["GET", "/api/v1/nothing", V1],
    ["POST", "/api/v1", V1],
  ])("%s %s, with a token and without", async (method, path, expected) => {
    for (const headers of [{}, { authorization: `Bearer ${ann.accessToken}` }]) {
      const { status, body } = await request(server, path, { method, headers });
      expect([status, body]).toEqual([404, expected]);
    }
  });

  test.each(["/", "/api", "/api/chatter", "/api/v10/x", "/API/CHAT/stats", "/nothing"])(
    "and one elsewhere as ever: %s",
    async (path) => {
      const { status, body } = await request(server, path, { method: "POST" });
      expect([status, body]).toEqual([404, { errors: [expect.objectContaining({ extensions: expect.any(Object) })] }]);
    },
  );
});

describe("what is no URL", () => {
  const words = expect.stringMatching(/^请求参数错误: The path cannot be read/);
  const V1 = { code: "BAD_REQUEST", message: words, details: {} };

  test.each([
    ["/api/chat/rooms/%E0%A4%A/join", words],
    ["/api/chat/rooms/%/join", words],
    ["/api/v1/%ff", V1],
    ["/api/v1/friends/%ff?q=a", V1],
  ])("%s is refused with 400, in the words of every door that it may be meant for", async (path, error) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    let said = "";
    socket.on("data", (data: Buffer) => {
      said += data.toString();
    });
    await once(socket, "close");
    expect(said).toMatch(/^HTTP\/1.1 400 /);
    const body: unknown = JSON.parse(said.slice(said.indexOf("\r\n\r\n")));
    const errors = [{ message: expect.any(String), extensions: { code: "BAD_USER_INPUT" } }];
    const times = { timestamp: expect.stringMatching(/Z$/) };
    expect(body).toEqual({ errors, success: false, detail: words, message: words, error, ...times });
  });
});

test("an id that is far too long is the id of nothing, in the words of the door", async () => {
  const answer = await rest(server, ann).post(`/api/chat/rooms/${"a".repeat(9_000)}/join`);
  expect([answer.status, answer.body]).toEqual([404, { detail: expect.stringMatching(/^资源不存在: room_id/) }]);
});

describe("the doors tell each other nothing", () => {
  test("GraphQL takes no forms and no bodies of older protocols, and refuses in its own words", async () => {
    const form = new URLSearchParams({ query: "{ __typename }" });
    const answer = await request(server, "/graphql", { method: "POST", body: form });
    expect([answer.status, Object.keys(answer.body)]).toEqual([415, ["errors"]]);
    const empty = { method: "POST", headers: { "content-type": "application/json" }, body: "" };
    expect((await request(server, "/graphql", empty)).status).toBe(400);
    expect((await post(server.url, "{ viewer { email } }", {}, { authorization: "Bearer x" })).errors).toHaveLength(1);
  });

  test("an older protocol takes no operations, in whatever form they come", async () => {
    const answer = await send(JSON.stringify({ query: "{ __typename }" }));
    expect([answer.status, answer.body]).toEqual([400, { detail: expect.stringContaining("content") }]);
    const inQuery = `/api/chat/stats?query=${encodeURIComponent("mutation { logout { __typename } }")}`;
    expect((await rest(server, ann).get(inQuery)).status).toBe(200);
    expect((await beat(`Bearer ${ann.accessToken}`)).status).toBe(200);
  });

  test("answers are data, which no browser shows as a page or guesses the kind of", async () => {
    for (const { headers } of [await beat(), await send("{}"), await rest(server, ann).get("/api/chat/nothing")]) {
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
    }
  });
});

describe("browsers of other origins", () => {
  const ask = (origin: string, method: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/api/chat/stats`, { method, headers: { origin, ...headers } });
  const PREFLIGHT = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };

  test("that are let in may ask, with a token, and read what they are refused with", async () => {
    const asked = await ask(FRIENDLY, "OPTIONS", PREFLIGHT);
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([204, FRIENDLY]);
    expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
    const refused = await ask(FRIENDLY, "GET");
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, FRIENDLY]);
  });

  test("that are not are told nothing", async () => {
    for (const method of ["OPTIONS", "GET"]) {
      const { headers } = await ask("https://evil.example", method, method === "GET" ? {} : PREFLIGHT);
      expect(headers.get("access-control-allow-origin")).not.toBe("https://evil.example");
      expect(headers.get("access-control-allow-origin")).not.toBe("*");
    }
  });
});

test("OPTIONS without the headers of a preflight is no fault", async () => {
  const answer = await fetch(`${server.url}/api/chat/stats`, { method: "OPTIONS" });
  expect([answer.status, await answer.text()]).toEqual([204, ""]);
});

test("HEAD answers as GET does, without the body, and to nobody without a token", async () => {
  const headers = { authorization: `Bearer ${ann.accessToken}` };
  const known = await fetch(`${server.url}/api/chat/stats`, { method: "HEAD", headers });
  expect([known.status, await known.text()]).toEqual([200, ""]);
  expect((await fetch(`${server.url}/api/chat/stats`, { method: "HEAD" })).status).toBe(401);
});

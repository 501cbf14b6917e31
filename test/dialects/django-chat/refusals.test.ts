import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";

import { DIALECT } from "../../../src/dialects/django-chat/errors.ts";
import { Failure, type FailureCode, FAILURES } from "../../../src/kernel/errors.ts";
import { request, rest } from "../support/rest.ts";
import { chatter, refusal, refused, roomOf, type Scene, startScene } from "./support.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const ENDPOINTS: readonly (readonly [method: string, path: string])[] = [
  ["GET", "rooms/"],
  ["POST", "rooms/"],
  ["GET", "rooms/1/"],
  ["POST", "rooms/1/join/"],
  ["POST", "rooms/1/leave/"],
  ["GET", "rooms/1/members/"],
  ["GET", "rooms/1/messages/"],
  ["POST", "rooms/1/messages/"],
  ["POST", "messages/1/read/"],
  ["DELETE", "messages/1/delete/"],
  ["GET", "notifications/"],
  ["POST", "notifications/1/read/"],
];

test.each(ENDPOINTS)("%s %s is answered to nobody whose token does not hold", async (method, path) => {
  for (const authorization of ["", "Bearer", "Bearer of-nothing", "Token abc", "Basic YW5uOmFubg=="]) {
    const headers = authorization === "" ? {} : { authorization };
    const answer = await request(scene.server, `/api/chat/${path}`, { method, headers });
    expect(answer).toMatchObject({ status: 401, body: { error: expect.stringMatching(/^未认证: ./) } });
    expect(Object.keys(answer.body)).toEqual(["error"]);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  }
});

test("a token whose time is over, one of another's making and one of an ended login do not hold", async () => {
  const { server } = scene;
  const kim = await chatter(server, "kim");
  const { iat: _iat, exp: _exp, ...claims } = decodeJwt(kim.accessToken);
  const sign = (secret: string, at: number): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader(decodeProtectedHeader(kim.accessToken) as JWTHeaderParameters)
      .setIssuedAt(at)
      .setExpirationTime(at + 60)
      .sign(new TextEncoder().encode(secret));
  const now = Math.floor(Date.now() / 1_000);
  const good = await sign(server.jwtSecret, now);
  expect((await rest(server, { accessToken: good }).get("/api/chat/rooms/")).status).toBe(200);
  const tokens = [await sign(server.jwtSecret, now - 600), await sign("another secret, which is long enough", now)];
  for (const accessToken of tokens) {
    expect(await refusal(rest(server, { accessToken }).get("/api/chat/rooms/"), "未认证")).toBe(401);
  }
  await kim.graphql("mutation { logout { __typename } }");
  expect(await refusal(kim.chat.get("/api/chat/rooms/"), "未认证")).toBe(401);
});

test.each([
  ["no JSON", "{", "application/json"],
  ["JSON that is no object", "[]", "application/json"],
  ["JSON null", "null", "application/json"],
  ["a text", '"hello"', "application/json"],
  ["a key that means an object's prototype", '{"__proto__":{"content":"hello"},"content":"hello"}', "application/json"],
  ["nothing", "", "application/json"],
  ["what is of no type that is taken", "content=hello", "text/plain"],
  ["bytes", "\u0000\u0001", "application/octet-stream"],
  ["more than is taken", JSON.stringify({ content: "x".repeat(3_000_000) }), "application/json"],
])("a body that is %s is refused as a faulty request", async (_, body, type) => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": type };
  const asked = request(server, `/api/chat/rooms/${id}/messages/`, { method: "POST", headers, body });
  expect(await refused(asked)).toEqual([400, expect.stringMatching(/^(请求参数错误|文件过大): ./)]);
});

test("clients that say that every request brings JSON are answered where it brings none", async () => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": "application/json" };
  const joined = await request(server, `/api/chat/rooms/${id}/join/`, { method: "POST", headers });
  expect(joined.status).toBe(200);
  const listed = await request(server, "/api/chat/rooms/", { headers });
  expect(listed.status).toBe(200);
});

test("what no protocol below this path knows is answered so that every client can read it", async () => {
  const { ann } = scene;
  for (const path of ["rooms/1/things/", "notifications/1/", "messages/", "rooms/1"]) {
    const { status, body } = await ann.chat.get(`/api/chat/${path}`);
    expect([path, status]).toEqual([path, 404]);
    expect(body.error).toContain("资源不存在");
  }
});

const STATUSES: Record<FailureCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 400,
  RATE_LIMITED: 429,
  PAYLOAD_TOO_LARGE: 400,
  UNSUPPORTED_MEDIA_TYPE: 400,
  EXPIRED: 400,
  INTERNAL_SERVER_ERROR: 500,
};

test.each(Object.keys(FAILURES) as FailureCode[])("%s has the status that the document has for it", (code) => {
  const { status, body } = DIALECT.refuse(new Failure(code, "The words."), null);
  expect([status, body]).toEqual([STATUSES[code], { error: expect.stringMatching(/^\p{Script=Han}+: The words\.$/u) }]);
});

test("arguments are called as this protocol's clients know them", () => {
  const { body } = DIALECT.refuse(
    new Failure("BAD_USER_INPUT", "maxMembers must be less.", { field: "maxMembers" }),
    null,
  );
  expect(body).toEqual({ error: "请求参数错误: max_members must be less." });
});

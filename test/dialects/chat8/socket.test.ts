import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type DialectSocket, socketOf, turnedAway, userSocket } from "../support/socket.ts";
import { chat8, done, expiredTokenOf, severals, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
});
afterAll(() => server.stop());

const wsUrl = () => server.url.replace("http", "ws");
const pings = async (socket: DialectSocket): Promise<void> => {
  socket.say({ type: "ping" });
  expect(await socket.hears("pong")).toEqual({ type: "pong", timestamp: TIME });
};

describe("a socket stands", () => {
  test("for the user of the token, who may show it in three places", async () => {
    const path = `/ws/${numberOf(ann)}`;
    await using byQuery = await socketOf(`${wsUrl()}${path}?token=${ann.accessToken}`);
    await using byHeader = await socketOf(`${wsUrl()}${path}`, {
      headers: { authorization: `Bearer ${ann.accessToken}` },
    });
    await using byProtocol = await socketOf(`${wsUrl()}${path}`, {}, ["bearer", ann.accessToken]);
    for (const socket of [byQuery, byHeader, byProtocol]) await pings(socket);
  });

  const codes = { 4401: "AUTH_001", 4403: "FORBIDDEN", 4404: "NOT_FOUND" } as const;
  const strangers: [string, () => string, keyof typeof codes][] = [
    ["for somebody else", () => `/ws/${numberOf(bob)}?token=${ann.accessToken}`, 4403],
    ["for nobody", () => `/ws/999999?token=${ann.accessToken}`, 4403],
    ["for a word", () => `/ws/ann?token=${ann.accessToken}`, 4404],
    ["for a number in another form", () => `/ws/0${numberOf(ann)}?token=${ann.accessToken}`, 4404],
    ["for a number without end", () => `/ws/${"9".repeat(400)}?token=${ann.accessToken}`, 4404],
    ["without a token", () => `/ws/${numberOf(ann)}`, 4401],
    ["with a token that is none", () => `/ws/${numberOf(ann)}?token=x`, 4401],
    ["for a word without a token", () => "/ws/ann", 4401],
  ];
  test.each(strangers)("not %s", async (_, path, code) => {
    const { code: closed, heard } = await turnedAway(server, path());
    expect([closed, heard]).toEqual([
      code,
      [{ type: "error", data: { code: codes[code], message: expect.any(String) }, timestamp: TIME }],
    ]);
  });

  test("not with a token that has expired, which is said", async () => {
    const token = await expiredTokenOf(server, ann);
    const { code, heard } = await turnedAway(server, `/ws/${numberOf(ann)}?token=${token}`);
    expect([code, heard[0].data.code]).toEqual([4401, "AUTH_002"]);
  });

  test("not with the token of a login that has ended", async () => {
    const { access_token: accessToken } = await done(chat8(server, null).post("/auth/login", ann));
    await done(chat8(server, { accessToken }).post("/auth/logout"));
    const { code, heard } = await turnedAway(server, `/ws/${numberOf(ann)}?token=${accessToken}`);
    expect([code, heard[0].data.code]).toEqual([4401, "AUTH_001"]);
  });
});

test("a socket is closed when its token's time is over, which is said", async () => {
  const brief = await startServer({ accessTokenSeconds: 2 });
  try {
    const [carl] = (await severals(brief, 1)) as [Person];
    await using socket = await userSocket(brief, carl);
    expect((await socket.closed).code).toBe(4401);
    expect(socket.heard.at(-1)).toMatchObject({ type: "error", data: { code: "AUTH_002" } });
  } finally {
    await brief.stop();
  }
});

describe("a frame that cannot be taken is refused, and the socket stays:", () => {
  const rows: [string, unknown, string, string?][] = [
    ["no JSON", "{", "BAD_REQUEST"],
    ["no object", "[]", "BAD_REQUEST"],
    ["null", "null", "BAD_REQUEST"],
    ["bytes", new Uint8Array([1, 2, 3]), "BAD_REQUEST"],
    ["no type", {}, "BAD_REQUEST", "type"],
    ["an unknown type", { type: "new_message", data: {} }, "BAD_REQUEST", "type"],
    ["a type that every object has", { type: "constructor" }, "BAD_REQUEST", "type"],
    ["a type that is no word", { type: ["ping"] }, "BAD_REQUEST", "type"],
    ["nobody to type to", { type: "typing", is_typing: true }, "VALIDATION_ERROR", "to_user_id"],
    ["a word to type to", { type: "typing", to_user_id: "2", is_typing: true }, "VALIDATION_ERROR", "to_user_id"],
    ["typing that is no truth", { type: "typing", to_user_id: 2, is_typing: 1 }, "VALIDATION_ERROR", "is_typing"],
    ["data that is none", { type: "typing", data: "x" }, "VALIDATION_ERROR", "to_user_id"],
    ["typing to nobody", { type: "typing", to_user_id: 999_999, is_typing: true }, "USER_001"],
    ["nobody to call", { type: "voice_call_invite", data: {} }, "VALIDATION_ERROR", "to_user_id"],
    ["a call of nobody", { type: "video_call_invite", data: { to_user_id: 999_999 } }, "USER_001"],
    [
      "a call of the wrong number",
      { type: "voice_call_invite", to_user_id: 2 ** 60 },
      "VALIDATION_ERROR",
      "to_user_id",
    ],
    ["no call", { type: "call_accept", data: {} }, "VALIDATION_ERROR", "call_id"],
    ["an unknown call", { type: "call_end", data: { call_id: "call_999999" } }, "NOT_FOUND"],
    ["an id of another coat", { type: "call_end", data: { call_id: "conv_1" } }, "VALIDATION_ERROR", "call_id"],
    ["a number for a call", { type: "call_reject", data: { call_id: 1 } }, "VALIDATION_ERROR", "call_id"],
  ];
  test.each(rows)("%s", async (_, frame, code, field = "") => {
    await using socket = await userSocket(server, ann);
    socket.say(frame);
    const refused = await socket.hears("error");
    expect(refused).toEqual({
      type: "error",
      data: { code, message: expect.stringContaining(field) },
      timestamp: TIME,
    });
    await pings(socket);
  });

  test("a call of oneself", async () => {
    await using socket = await userSocket(server, ann);
    socket.say({ type: "voice_call_invite", data: { to_user_id: numberOf(ann) } });
    expect((await socket.hears("error")).data.code).toBe("VALIDATION_ERROR");
    await pings(socket);
  });
});

test("members may stand in `data` or beside the type, and what is more is passed over", async () => {
  await using hers = await userSocket(server, ann);
  await using his = await userSocket(server, bob);
  await done(chat8(server, ann).post("/messages", { receiver_id: numberOf(bob), content: "hi" }));
  await his.hears("new_message");
  hers.say({ type: "typing", to_user_id: numberOf(bob), is_typing: true, more: [] });
  expect((await his.hears("typing")).data).toEqual({ user_id: numberOf(ann), is_typing: true });
  hers.say({ type: "typing", data: { to_user_id: numberOf(bob), is_typing: false }, timestamp: "now" });
  expect((await his.hears("typing")).data).toEqual({ user_id: numberOf(ann), is_typing: false });
});

test("a hundred pings are answered a hundred times", async () => {
  await using socket = await userSocket(server, ann);
  for (let n = 0; n < 100; n += 1) socket.say({ type: "ping" });
  for (let n = 0; n < 100; n += 1) await socket.hears("pong");
});

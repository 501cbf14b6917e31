import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { direct } from "./log/support/friends.ts";
import { asks, globalRoom } from "./log/support/talk.ts";
import {
  forgive,
  group,
  hangUpAll,
  listensForCalls,
  leaveAll,
  look,
  parties,
  people,
  signal,
  start,
  trySignal,
  tryStart,
} from "./support/calls.ts";
import type { Person } from "./support/people.ts";
import { attempt, does, refusal, room } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

const TURN = { urls: ["turn:turn.example.org"], secret: "shared with coturn", ttlSeconds: 600 };

let server: TestServer;
let ada: Person;
let bea: Person;
let cyd: Person;
let eve: Person;
/** Of ada and bea. */
let conversation: string;
/** Of ada, bea and cyd. */
let three: string;
beforeAll(async () => {
  server = await startServer({ stunUrls: ["stun:stun.example.org"], turn: TURN });
  [ada, bea, cyd, eve] = await people(server, "ada", "bea", "cyd", "eve");
  conversation = await direct(ada, bea);
  three = await group(ada, bea, cyd);
});
beforeEach(() => forgive(server));
afterEach(async () => {
  await leaveAll(ada, bea, cyd, eve);
  hangUpAll();
});
afterAll(() => server.stop());

describe("an outsider", () => {
  test("neither sees a call nor does anything in it", async () => {
    const call = await start(ada, conversation);
    expect(await look(eve, call.id)).toBeNull();
    expect((await asks(eve, `{ node(id: "${call.id}") { id } }`)).node).toBeNull();
    for (const action of ["ACCEPT", "DECLINE", "BUSY", "CANCEL", "HANG_UP"]) {
      expect(await refusal(trySignal(eve, call.id, action))).toBe("NOT_FOUND callId");
    }
    expect(await refusal(trySignal(eve, call.id, "OFFER", { sdp: "v=0", toUserId: ada.id }))).toBe("NOT_FOUND callId");
    expect(await refusal(trySignal(eve, call.id, "CANDIDATE", { candidate: "c" }))).toBe("NOT_FOUND callId");
    expect(await refusal(trySignal(ada, "call_999999", "HANG_UP"))).toBe("NOT_FOUND callId");
    expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea RINGING");
  });

  test("who has no token calls nobody", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: `mutation { startCall(input: { conversationId: "${conversation}", media: VOICE }) { call { id } } }`,
      }),
    });
    expect(JSON.stringify(await response.json())).toContain("UNAUTHENTICATED");
  });

  test("a conversation is called by who is in it and may write there, and a room by nobody", async () => {
    expect(await refusal(tryStart(eve, conversation))).toBe("NOT_FOUND conversationId");
    expect(await refusal(tryStart(ada, await globalRoom(ada)))).toBe("FORBIDDEN conversationId");
    expect(await refusal(tryStart(ada, (await room(ada)).id))).toBe("FORBIDDEN conversationId");
    expect(await refusal(tryStart(ada, "user_1"))).toBe("BAD_USER_INPUT conversationId");
    expect(await refusal(tryStart(eve, await group(eve)))).toBe("CONFLICT conversationId");

    const other = await direct(eve, cyd);
    await does(cyd, "updateProfile", { directMessagePolicy: "FRIENDS" });
    expect(await refusal(tryStart(eve, other))).toBe("FORBIDDEN conversationId");
    await does(cyd, "updateProfile", { directMessagePolicy: "EVERYONE" });
    await does(cyd, "blockUser", { userId: eve.id });
    expect(await refusal(tryStart(eve, other))).toBe("FORBIDDEN conversationId");
    expect(await refusal(tryStart(cyd, other))).toBe("FORBIDDEN conversationId");
  });
});

describe("whoever loses the right to be in a call is out of it", () => {
  test("by a block, which reads like a hang-up", async () => {
    const [fay, gus] = await people(server, "fay", "gus");
    const hears = await listensForCalls(server, fay);
    const call = await start(fay, await direct(fay, gus));
    await signal(gus, call.id, "ACCEPT");
    expect((await attempt(gus, "blockUser", { userId: fay.id })).errors).toBeUndefined();
    await hears.hears("ENDED gus HUNG_UP");

    const [hal, ida] = await people(server, "hal", "ida");
    const halHears = await listensForCalls(server, hal);
    await start(hal, await direct(hal, ida));
    await does(ida, "blockUser", { userId: hal.id });
    await halHears.hears("ENDED ida DECLINED");
  });

  test("by leaving or being removed", async () => {
    const [fay, gus] = await people(server, "fay", "gus");
    const four = await group(ada, bea, fay, gus);
    const [gusHears, adaHears] = [await listensForCalls(server, gus), await listensForCalls(server, ada)];
    const call = await start(ada, four);
    for (const who of [bea, fay, gus]) await signal(who, call.id, "ACCEPT");
    await does(fay, "leaveConversation", { conversationId: four });
    await adaHears.hears("LEFT fay");
    await does(ada, "removeMember", { conversationId: four, userId: gus.id });
    const left = await gusHears.hears("LEFT gus");
    expect(left.call).toBeNull();
    expect(await look(gus, call.id)).toBeNull();
    expect(await refusal(trySignal(gus, call.id, "OFFER", { sdp: "v=0", toUserId: ada.id }))).toBe("NOT_FOUND callId");
    expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea JOINED, fay LEFT, gus LEFT");
    await signal(ada, call.id, "HANG_UP");
    await adaHears.hears("ENDED ada HUNG_UP");
    expect(gusHears.story().at(-1)).toBe("LEFT gus");
  });

  test("by the end of the conversation", async () => {
    const pair = await group(ada, bea);
    const hears = await listensForCalls(server, bea);
    const call = await start(ada, pair);
    await does(ada, "deleteConversation", { conversationId: pair });
    expect((await hears.hears("ENDED - HUNG_UP")).call).toBeNull();
    expect(await look(ada, call.id)).toBeNull();
    expect(await start(ada, conversation)).toMatchObject({ state: "RINGING" });
  });
});

describe("bounds", () => {
  test("what is passed on is taken byte for byte up to its bound, and not beyond", async () => {
    const hears = await listensForCalls(server, bea);
    const call = await start(ada, conversation);
    await signal(bea, call.id, "ACCEPT");
    const sdp = `${"é".repeat(32_767)}\r\n`;
    await signal(ada, call.id, "OFFER", { sdp });
    expect((await hears.hears("OFFER ada")).sdp).toBe(sdp);
    const bounds = [
      ["OFFER", { sdp: `${sdp}x` }, "BAD_USER_INPUT sdp"],
      ["OFFER", { sdp: "" }, "BAD_USER_INPUT sdp"],
      ["ANSWER", {}, "BAD_USER_INPUT sdp"],
      ["ANSWER", { candidate: "c" }, "BAD_USER_INPUT sdp"],
      ["CANDIDATE", { candidate: "c".repeat(2_049) }, "BAD_USER_INPUT candidate"],
      ["CANDIDATE", {}, "BAD_USER_INPUT candidate"],
      ["CANDIDATE", { candidate: "\ud800" }, "BAD_USER_INPUT candidate"],
      ["CANDIDATE", { candidate: "c", toUserId: "conv_1" }, "BAD_USER_INPUT toUserId"],
      ["ACCEPT", { deviceId: "d".repeat(65) }, "BAD_USER_INPUT deviceId"],
    ] as const;
    for (const [action, input, expected] of bounds) {
      expect(await refusal(trySignal(bea, call.id, action, input)), `${action} ${expected}`).toBe(expected);
    }
    await signal(bea, call.id, "CANDIDATE", { candidate: "c".repeat(2_048) });
  });

  test("nobody starts more than ten calls a minute", async () => {
    for (let calls = 0; calls < 10; calls += 1) await signal(eve, (await start(eve, await evesGroup())).id, "CANCEL");
    expect(await refusal(tryStart(eve, await evesGroup()))).toBe("RATE_LIMITED");
    expect((await start(ada, conversation)).state).toBe("RINGING");
  });

  test("a group of more than fifty is not called", async () => {
    const large = await group(ada, bea);
    await server.services.database.pool.query(
      `with made as (
         insert into users (username, display_name) select 'many' || n, 'many' from generate_series(1, 49) n returning id)
       insert into members (conversation_id, user_id) select $1, id from made`,
      [large.replace("conv_", "")],
    );
    const { errors } = await tryStart(ada, large);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "conversationId", limit: 50 });
  });

  test("signals sent at once arrive in the order in which they were sent", async () => {
    const hears = await listensForCalls(server, bea);
    const call = await start(ada, conversation);
    const client = ada.ws();
    const sent = Array.from({ length: 100 }, (_, index) => `candidate ${index}`);
    const ask = (candidate: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        client.subscribe(
          {
            query: `mutation ($input: SignalCallInput!) { signalCall(input: $input) { call { state } } }`,
            variables: { input: { callId: call.id, action: "CANDIDATE", candidate } },
          },
          { next: resolve, error: reject, complete: () => undefined },
        );
      });
    await Promise.all(sent.map(ask));
    await hears.until((heard) => heard.filter(({ kind }) => kind === "CANDIDATE").length === sent.length);
    expect(hears.heard.flatMap(({ candidate }) => candidate ?? [])).toEqual(sent);
    await client.dispose();
  });
});

let evesConversation: string | undefined;
const evesGroup = async (): Promise<string> => (evesConversation ??= await group(eve, bea));

describe("the servers by which clients find each other", () => {
  const ICE = `query ($id: ID!) { call(id: $id) { iceServers { urls username credential expiresAt } } }`;

  test("are told to who is in a call or hears it ring, with a password that holds for a while", async () => {
    const call = await start(ada, conversation);
    for (const who of [ada, bea]) {
      const { call: seen } = await asks(who, ICE, { id: call.id });
      const [stun, turn] = seen.iceServers;
      expect(stun).toEqual({ urls: ["stun:stun.example.org"], username: null, credential: null, expiresAt: null });
      const [expiry, user] = turn.username.split(":");
      expect(`user_${user}`).toBe(who.id);
      expect(new Date(Number(expiry) * 1_000).toISOString()).toBe(turn.expiresAt);
      expect(Number(expiry) - Date.now() / 1_000).toBeGreaterThan(TURN.ttlSeconds - 60);
      expect(Number(expiry) - Date.now() / 1_000).toBeLessThanOrEqual(TURN.ttlSeconds);
      expect(turn.credential).toBe(createHmac("sha1", TURN.secret).update(turn.username).digest("base64"));
    }
    await signal(bea, call.id, "DECLINE");
    expect((await asks(ada, ICE, { id: call.id })).call.iceServers).toEqual([]);
  });

  test("are told to nobody who takes no part", async () => {
    const call = await start(ada, three);
    await signal(bea, call.id, "DECLINE");
    expect((await asks(bea, ICE, { id: call.id })).call.iceServers).toEqual([]);
    expect((await asks(cyd, ICE, { id: call.id })).call.iceServers).toHaveLength(2);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { befriends, direct } from "./log/support/friends.ts";
import { asks } from "./log/support/talk.ts";
import {
  forgive,
  group,
  hangUpAll,
  listensForCalls,
  leaveAll,
  look,
  nameOf,
  parties,
  people,
  signal,
  start,
  trySignal,
  tryStart,
} from "./support/calls.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import type { Person } from "./support/people.ts";
import { does, notes, refusal } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

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
  server = await startServer();
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

const lastNote = async (where: string): Promise<string> => nameless((await notes(ada, where)).at(-1) ?? "");
const nameless = (note: string): string => note.replace(/-[0-9a-f]{8}/, "");

describe("between two people", () => {
  test("somebody calls, the other answers, they talk, and a hang-up ends it for both; nobody else hears of it", async () => {
    const [adaHears, beaHears, eveHears] = [
      await listensForCalls(server, ada),
      await listensForCalls(server, bea),
      await listensForCalls(server, eve),
    ];
    const call = await start(ada, conversation, { media: "VIDEO" });
    expect(call).toMatchObject({ state: "RINGING", media: "VIDEO", endReason: null, answeredAt: null });
    expect(nameOf(call.startedBy.username)).toBe("ada");
    expect(parties(call)).toBe("ada JOINED, bea RINGING");
    await beaHears.hears("RINGING ada");

    const answered = await signal(bea, call.id, "ACCEPT");
    expect(answered).toMatchObject({ state: "ACTIVE", endReason: null });
    expect(answered.answeredAt).not.toBeNull();
    await signal(ada, call.id, "OFFER", { sdp: "v=0 of ada" });
    expect((await beaHears.hears("OFFER ada")).sdp).toBe("v=0 of ada");
    await signal(bea, call.id, "ANSWER", { sdp: "v=0 of bea", toUserId: ada.id });
    expect((await adaHears.hears("ANSWER bea")).sdp).toBe("v=0 of bea");
    await signal(bea, call.id, "CANDIDATE", { candidate: "" });
    expect((await adaHears.hears("CANDIDATE bea")).candidate).toBe("");

    const over = await signal(bea, call.id, "HANG_UP");
    expect(over).toMatchObject({ state: "ENDED", endReason: "HUNG_UP" });
    expect(parties(over)).toBe("ada LEFT, bea LEFT");
    await Promise.all([adaHears.hears("ENDED bea HUNG_UP"), beaHears.hears("ENDED bea HUNG_UP")]);
    expect(adaHears.story()).toEqual([
      "RINGING ada",
      "ACCEPTED bea",
      "ANSWER bea",
      "CANDIDATE bea",
      "ENDED bea HUNG_UP",
    ]);
    expect(beaHears.story()).toEqual(["RINGING ada", "ACCEPTED bea", "OFFER ada", "ENDED bea HUNG_UP"]);
    expect(eveHears.story()).toEqual([]);
    expect(await lastNote(conversation)).toMatch(/^ada started a video call\. It lasted \d s\.$/);
  });

  test("a call that is declined, cancelled or finds the other busy says so to both, and in the log", async () => {
    const hears = await listensForCalls(server, ada);
    const declined = await start(ada, conversation);
    await signal(bea, declined.id, "DECLINE");
    await hears.hears("ENDED bea DECLINED");
    expect(await lastNote(conversation)).toBe("ada started a voice call. It was declined.");

    const cancelled = await start(ada, conversation);
    expect(parties(await signal(ada, cancelled.id, "CANCEL"))).toBe("ada LEFT, bea MISSED");
    await hears.hears("ENDED ada CANCELLED");
    expect(await lastNote(conversation)).toBe("ada started a voice call. It was cancelled.");

    const busy = await start(ada, conversation);
    await signal(bea, busy.id, "BUSY");
    await hears.hears("BUSY bea");
    await hears.hears("ENDED bea BUSY");
    expect(await lastNote(conversation)).toBe("ada started a voice call. The line was busy.");
  });

  test("a call that nobody answers ends, and whoever it rang for is notified of it", async () => {
    const hears = await listensForCalls(server, ada);
    const call = await start(ada, conversation);
    await comeTime(server, "callRingsOut");
    await hears.hears("ENDED - MISSED");
    expect(await look(bea, call.id)).toMatchObject({ state: "ENDED", endReason: "MISSED" });
    expect(await lastNote(conversation)).toBe("ada started a voice call. Nobody answered.");
    await jobsDone(server);
    const { viewer } = await asks(
      bea,
      `{ viewer { notifications(type: CALL, last: 100) { nodes { content data } } } }`,
    );
    expect(viewer.notifications.nodes).toContainEqual({
      content: "Missed voice call",
      data: { callId: call.id, media: "VOICE" },
    });
    expect(await refusal(trySignal(bea, call.id, "ACCEPT"))).toBe("CONFLICT callId");
  });

  test("a call that was answered rings out for nobody", async () => {
    const call = await start(ada, conversation);
    await signal(bea, call.id, "ACCEPT");
    await comeTime(server, "callRingsOut");
    expect(await look(ada, call.id)).toMatchObject({ state: "ACTIVE" });
  });

  test("who is in another call is busy, and is notified of the one they missed", async () => {
    await befriends(bea, cyd);
    const theirs = await start(bea, await direct(bea, cyd));
    await signal(cyd, theirs.id, "ACCEPT");
    const call = await start(ada, conversation);
    expect(call).toMatchObject({ state: "ENDED", endReason: "BUSY" });
    expect(parties(call)).toBe("ada LEFT, bea BUSY");
    expect(await refusal(tryStart(bea, conversation))).toBe("CONFLICT conversationId");
    await jobsDone(server);
    const { viewer } = await asks(bea, `{ viewer { notifications(type: CALL, last: 100) { nodes { data } } } }`);
    expect(viewer.notifications.nodes).toContainEqual({ data: { callId: call.id, media: "VOICE" } });
  });

  test("two who call each other are in one call", async () => {
    const [one, other] = await Promise.all([start(ada, conversation), start(bea, conversation)]);
    expect(one.id).toBe(other.id);
    expect(await look(ada, one.id)).toMatchObject({ state: "ACTIVE" });
    expect(parties(await look(ada, one.id))).toBe("ada JOINED, bea JOINED");
  });

  test("a call that is asked for again, its answer having been lost, is the one that rings", async () => {
    const call = await start(ada, conversation);
    expect((await start(ada, conversation)).id).toBe(call.id);
  });

  test("nobody answers two calls", async () => {
    const other = await start(cyd, await direct(bea, cyd));
    const call = await start(ada, conversation);
    await signal(bea, call.id, "ACCEPT");
    const { errors } = await trySignal(bea, other.id, "ACCEPT");
    expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", field: "callId", reason: "BUSY" });
  });
});

describe("in a group", () => {
  test("it goes on while two are in it, and whoever left comes back", async () => {
    const hears = await listensForCalls(server, cyd);
    const call = await start(ada, three);
    expect(parties(call)).toBe("ada JOINED, bea RINGING, cyd RINGING");
    await signal(bea, call.id, "ACCEPT");
    await signal(cyd, call.id, "DECLINE");
    await signal(cyd, call.id, "ACCEPT");
    expect(parties(await signal(ada, call.id, "HANG_UP"))).toBe("ada LEFT, bea JOINED, cyd JOINED");
    await hears.hears("LEFT ada");
    expect(parties(await signal(ada, call.id, "ACCEPT"))).toBe("ada JOINED, bea JOINED, cyd JOINED");
    await signal(bea, call.id, "HANG_UP");
    expect(await signal(ada, call.id, "HANG_UP")).toMatchObject({ state: "ENDED", endReason: "HUNG_UP" });
    expect(hears.story().slice(0, 4)).toEqual(["RINGING ada", "ACCEPTED bea", "DECLINED cyd", "ACCEPTED cyd"]);
    expect(await lastNote(three)).toMatch(/^ada started a voice call\. It lasted/);
  });

  test("it waits for those whom it rings for, and goes on without those who missed it", async () => {
    const call = await start(ada, three);
    await signal(bea, call.id, "ACCEPT");
    await comeTime(server, "callRingsOut");
    expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea JOINED, cyd MISSED");

    await signal(ada, call.id, "HANG_UP");
    await forgive(server);
    const next = await start(ada, three);
    await signal(bea, next.id, "ACCEPT");
    expect(await signal(bea, next.id, "HANG_UP")).toMatchObject({ state: "ACTIVE" });
    expect(await signal(cyd, next.id, "DECLINE")).toMatchObject({ state: "ENDED", endReason: "HUNG_UP" });
  });

  test("what one party says to another reaches that one alone, and has to say for whom it is", async () => {
    const [beaHears, cydHears] = [await listensForCalls(server, bea), await listensForCalls(server, cyd)];
    const call = await start(ada, three);
    await signal(bea, call.id, "ACCEPT");
    await signal(cyd, call.id, "ACCEPT");
    expect(await refusal(trySignal(ada, call.id, "OFFER", { sdp: "v=0" }))).toBe("BAD_USER_INPUT toUserId");
    expect(await refusal(trySignal(ada, call.id, "OFFER", { sdp: "v=0", toUserId: eve.id }))).toBe(
      "NOT_FOUND toUserId",
    );
    expect(await refusal(trySignal(ada, call.id, "OFFER", { sdp: "v=0", toUserId: ada.id }))).toBe(
      "NOT_FOUND toUserId",
    );
    await signal(ada, call.id, "OFFER", { sdp: "for bea", toUserId: bea.id });
    await signal(ada, call.id, "OFFER", { sdp: "for cyd", toUserId: cyd.id });
    expect((await cydHears.hears("OFFER ada")).sdp).toBe("for cyd");
    expect((await beaHears.hears("OFFER ada")).sdp).toBe("for bea");
    await signal(cyd, call.id, "HANG_UP");
    expect(await refusal(trySignal(ada, call.id, "OFFER", { sdp: "v=0", toUserId: cyd.id }))).toBe("CONFLICT toUserId");
  });

  test("who is muted neither calls nor is called nor answers, and who blocked the caller is left in peace", async () => {
    const cydHere = { conversationId: three, userId: cyd.id };
    await does(ada, "updateMember", { ...cydHere, muted: true });
    await does(bea, "blockUser", { userId: ada.id });
    expect(await refusal(tryStart(cyd, three))).toBe("FORBIDDEN conversationId");
    expect(await refusal(tryStart(ada, three))).toBe("CONFLICT conversationId");
    const call = await start(bea, await group(bea, cyd));
    await signal(bea, call.id, "CANCEL");
    await does(ada, "updateMember", { ...cydHere, muted: false });
    const quiet = await start(ada, three);
    expect(parties(quiet)).toBe("ada JOINED, cyd RINGING");
    // It does not ring for them; that they come in is their own affair.
    expect(parties(await signal(bea, quiet.id, "ACCEPT"))).toBe("ada JOINED, bea JOINED, cyd RINGING");
    await asks(bea, `mutation ($input: UnblockUserInput!) { unblockUser(input: $input) { __typename } }`, {
      input: { userId: ada.id },
    });
  });
});

describe("with several devices", () => {
  test("one answers, the others stop ringing, and signals reach that one", async () => {
    const [phone, laptop] = [await listensForCalls(server, bea, "phone"), await listensForCalls(server, bea, "laptop")];
    const adaHears = await listensForCalls(server, ada);
    const call = await start(ada, conversation);
    await signal(ada, call.id, "OFFER", { sdp: "while it rings" });
    await Promise.all([phone.hears("OFFER ada"), laptop.hears("OFFER ada")]);
    await signal(bea, call.id, "ACCEPT", { deviceId: "phone" });
    await signal(ada, call.id, "OFFER", { sdp: "for the phone" });
    await signal(bea, call.id, "ANSWER", { sdp: "from the phone", deviceId: "phone" });
    await adaHears.hears("ANSWER bea");

    const { errors } = await trySignal(bea, call.id, "ANSWER", { sdp: "from the laptop", deviceId: "laptop" });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", reason: "ANSWERED_ELSEWHERE" });
    const again = await trySignal(bea, call.id, "ACCEPT", { deviceId: "laptop" });
    expect(again.errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", reason: "ANSWERED_ELSEWHERE" });
    const here = `query ($id: ID!) { call(id: $id) { phone: joinedHere(deviceId: "phone") laptop: joinedHere(deviceId: "laptop") } }`;
    expect((await asks(bea, here, { id: call.id })).call).toEqual({ phone: true, laptop: false });

    await signal(bea, call.id, "HANG_UP", { deviceId: "laptop" });
    await Promise.all([phone.hears("ENDED bea HUNG_UP"), laptop.hears("ENDED bea HUNG_UP")]);
    expect(phone.story()).toEqual(["RINGING ada", "OFFER ada", "ACCEPTED bea", "OFFER ada", "ENDED bea HUNG_UP"]);
    expect(laptop.story()).toEqual(["RINGING ada", "OFFER ada", "ANSWERED_ELSEWHERE bea", "ENDED bea HUNG_UP"]);
  });

  test("two logins are two devices without being named", async () => {
    const hears = await listensForCalls(server, bea);
    const { login } = await asks(bea, `mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`, {
      input: { username: bea.username, password: bea.password },
    });
    const call = await start(ada, conversation);
    const accepted = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${login.accessToken}` },
      body: JSON.stringify({
        query: `mutation { signalCall(input: { callId: "${call.id}", action: ACCEPT }) { call { joinedHere } } }`,
      }),
    });
    expect(await accepted.json()).toEqual({ data: { signalCall: { call: { joinedHere: true } } } });
    await hears.hears("ANSWERED_ELSEWHERE bea");
  });
});

describe("who comes back", () => {
  test("finds the calls that run", async () => {
    const call = await start(ada, conversation);
    const query = `query ($id: ID!) {
      viewer { activeCalls { id state } }
      conversation(id: $id) { activeCall { id joinedHere } }
      node(id: "${call.id}") { ... on Call { state } }
    }`;
    expect(await asks(bea, query, { id: conversation })).toEqual({
      viewer: { activeCalls: [{ id: call.id, state: "RINGING" }] },
      conversation: { activeCall: { id: call.id, joinedHere: false } },
      node: { state: "RINGING" },
    });
    expect((await asks(ada, query, { id: conversation })).conversation.activeCall.joinedHere).toBe(true);
    await signal(ada, call.id, "CANCEL");
    expect(await asks(bea, query, { id: conversation })).toMatchObject({
      viewer: { activeCalls: [] },
      conversation: { activeCall: null },
    });
  });
});

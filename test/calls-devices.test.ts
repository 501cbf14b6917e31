import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { direct } from "./log/support/friends.ts";
import {
  forgive,
  group,
  hangUpAll,
  leaveAll,
  listensForCalls,
  look,
  parties,
  people,
  signal,
  start,
  trySignal,
  tryStart,
} from "./support/calls.ts";
import type { Person } from "./support/people.ts";
import { does, refusal } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let ada: Person;
let bea: Person;
let conversation: string;
beforeAll(async () => {
  server = await startServer();
  [ada, bea] = await people(server, "ada", "bea");
  conversation = await direct(ada, bea);
});
beforeEach(() => forgive(server));
afterEach(async () => {
  await leaveAll(ada, bea);
  hangUpAll();
});
afterAll(() => server.stop());

/** For how many parties of a call the database knows of no connection. */
async function lost(callId: string): Promise<number> {
  const { rows } = await server.services.database.pool.query(
    "select 1 from call_parties where call_id = $1 and state = 'JOINED' and lost_at is not null",
    [rowId("call", callId, "callId")],
  );
  return rows.length;
}

/** Lets seconds pass for whoever has no connection. */
const pass = (seconds: number): Promise<unknown> =>
  server.services.database.pool.query(
    "update call_parties set lost_at = lost_at - make_interval(secs => $1) where lost_at is not null",
    [seconds],
  );

describe("a device that has lost its connection in a call", () => {
  test("keeps its place for five seconds, and then gives it up to another of the same user's, who is still in it", async () => {
    const [adaHears, phone] = [await listensForCalls(server, ada), await listensForCalls(server, bea, "phone")];
    const laptop = await listensForCalls(server, bea, "laptop");
    const call = await start(ada, conversation);
    await signal(bea, call.id, "ACCEPT", { deviceId: "phone" });
    await laptop.hears("ANSWERED_ELSEWHERE bea");
    expect(await lost(call.id)).toBe(0);
    phone.disconnect();
    await expect.poll(() => lost(call.id), { timeout: 10_000 }).toBe(1);
    const takeOver = () => trySignal(bea, call.id, "ACCEPT", { deviceId: "laptop" });
    expect((await takeOver()).errors?.[0]?.extensions).toMatchObject({ reason: "ANSWERED_ELSEWHERE", field: "callId" });

    await pass(5);
    adaHears.forget();
    expect((await takeOver()).data.signalCall.call).toMatchObject({ state: "ACTIVE" });
    await adaHears.hears("ACCEPTED bea");
    expect(await lost(call.id)).toBe(0);
    expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea JOINED");
    await signal(ada, call.id, "OFFER", { sdp: "for the laptop" });
    expect((await laptop.hears("OFFER ada")).sdp).toBe("for the laptop");
    const late = await trySignal(bea, call.id, "ANSWER", { sdp: "from the phone", deviceId: "phone" });
    expect(late.errors?.[0]?.extensions).toMatchObject({ code: "CONFLICT", reason: "ANSWERED_ELSEWHERE" });
  });

  test("gives its place up to one that calls there, too", async () => {
    await listensForCalls(server, ada);
    const call = await start(ada, conversation);
    await signal(bea, call.id, "ACCEPT", { deviceId: "phone" });
    await pass(5);
    expect((await start(bea, conversation, { deviceId: "laptop" })).id).toBe(call.id);
    const query = `{ call(id: "${call.id}") { laptop: joinedHere(deviceId: "laptop") phone: joinedHere(deviceId: "phone") } }`;
    expect((await bea.graphql(query)).data.call).toEqual({ laptop: true, phone: false });
  });

  test("keeps its place for itself: it comes back to where it was", async () => {
    const call = await start(ada, conversation, { deviceId: "phone" });
    await pass(5);
    expect((await start(ada, conversation, { deviceId: "phone" })).id).toBe(call.id);
    expect(parties(await look(ada, call.id))).toBe("ada JOINED, bea RINGING");
  });
});

test("who calls where a call runs is refused by the name of what they sent", async () => {
  await listensForCalls(server, ada, "phone");
  await start(ada, conversation, { deviceId: "phone" });
  const { errors } = await tryStart(ada, conversation, { deviceId: "laptop" });
  expect(errors?.[0]?.extensions).toMatchObject({
    code: "CONFLICT",
    field: "conversationId",
    reason: "ANSWERED_ELSEWHERE",
  });
  await leaveAll(ada);

  const tea = await group(ada, bea);
  await start(ada, tea, { deviceId: "phone" });
  await does(ada, "updateMember", { conversationId: tea, userId: bea.id, muted: true });
  expect(await refusal(tryStart(bea, tea))).toBe("FORBIDDEN conversationId");
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { direct } from "./log/support/friends.ts";
import { hangUpAll, listensForCalls, look, nameOf, parties, people, signal, start } from "./support/calls.ts";
import { notes } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(hangUpAll);
afterAll(() => server.stop());

test("somebody calls, the other answers, they talk, and a hang-up ends it for both", async () => {
  const [ada, bea, eve] = await people(server, "ada", "bea", "eve");
  const conversation = await direct(ada, bea);
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
  await adaHears.hears("ACCEPTED bea");

  await signal(ada, call.id, "OFFER", { sdp: "v=0 of ada" });
  expect((await beaHears.hears("OFFER ada")).sdp).toBe("v=0 of ada");
  await signal(bea, call.id, "ANSWER", { sdp: "v=0 of bea", toUserId: ada.id });
  expect((await adaHears.hears("ANSWER bea")).sdp).toBe("v=0 of bea");
  await signal(bea, call.id, "CANDIDATE", { candidate: "" });
  expect((await adaHears.hears("CANDIDATE bea")).candidate).toBe("");

  const over = await signal(bea, call.id, "HANG_UP");
  expect(over).toMatchObject({ state: "ENDED", endReason: "HUNG_UP" });
  expect(parties(over)).toBe("ada LEFT, bea LEFT");
  await adaHears.hears("ENDED bea HUNG_UP");
  await beaHears.hears("ENDED bea HUNG_UP");
  expect(adaHears.story()).toEqual(["RINGING ada", "ACCEPTED bea", "ANSWER bea", "CANDIDATE bea", "ENDED bea HUNG_UP"]);
  expect(beaHears.story()).toEqual(["RINGING ada", "ACCEPTED bea", "OFFER ada", "ENDED bea HUNG_UP"]);
  expect(eveHears.story()).toEqual([]);
  expect(await look(eve, call.id)).toBeNull();
  expect(await notes(ada, conversation)).toEqual([
    expect.stringMatching(/^ada-\w+ started a video call\. It lasted \d s\.$/),
  ]);
});

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Ear, listen, live } from "../log/support/ear.ts";
import { ADDED, EVENTS, type LogEvent, inShort } from "../log/support/events.ts";
import { type Said, contents, reads, send } from "../log/support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { gate } from "./support/gate.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
});
afterAll(() => server.stop());

const isOf = (event: Said, said: Said): boolean => event.id === said.id;

/** Waits until an ear has heard of a message. */
const hears = (ear: Ear<Said>, said: Said): Promise<void> =>
  ear.until((heard) => heard.some((event) => isOf(event, said)));

/** A public room of ann's, with bob in it; and one beside it, in which eve is to hear what she may. */
async function rooms(): Promise<{ tea: string; elsewhere: string }> {
  const [{ id: tea }, { id: elsewhere }] = [await room(ann), await room(ann)];
  await does(bob, "joinRoom", { roomId: tea });
  return { tea, elsewhere };
}

test("a reader hears nothing of what is said once a room is private, and its members all of it, once and in order", async () => {
  const { tea, elsewhere } = await rooms();
  const [hers, his] = [eve.ws(), bob.ws()];
  const reading = listen<Said>(hers, ADDED, { id: tea });
  const beside = listen<Said>(hers, ADDED, { id: elsewhere });
  const members = [listen<Said>(his, ADDED, { id: tea }), listen<Said>(his, ADDED, { id: null })];
  await live([reading, ...members], () => send(ann, tea, "poke"), isOf);
  await live([beside], () => send(ann, elsewhere, "poke"), isOf);

  using asked = gate(server.services.hub.source, "audienceAmong", "before");
  await does(ann, "updateConversation", { conversationId: tea, visibility: "PRIVATE" });
  await asked.calls(1);
  await send(ann, tea, "one");
  await send(ann, tea, "two");
  // Whatever eve were given of it would come before this.
  await hears(beside, await send(ann, elsewhere, "sign"));
  asked.open();
  const last = await send(ann, tea, "three");

  expect(await reading.ended).toBe("complete");
  expect(contents(reading.heard)).toEqual([]);
  for (const member of members) {
    await hears(member, last);
    expect(contents(member.heard)).toEqual(["ann changed its settings.", "one", "two", "three"]);
  }
  await Promise.all([hers.dispose(), his.dispose()]);
});

test("a reader of a room that stays public hears all that is said while it is asked about them, once and in order", async () => {
  const { tea } = await rooms();
  const hers = eve.ws();
  const reading = listen<Said>(hers, ADDED, { id: tea });
  await live([reading], () => send(ann, tea, "poke"), isOf);

  using asked = gate(server.services.hub.source, "audienceAmong", "after");
  await does(ann, "updateConversation", { conversationId: tea, description: "Of tea" });
  await asked.calls(1);
  await send(ann, tea, "one");
  await does(ann, "updateConversation", { conversationId: tea, description: "Of coffee" });
  await asked.calls(2);
  await send(ann, tea, "two");
  asked.letOneThrough();
  await send(ann, tea, "three");
  asked.open();
  await hears(reading, await send(ann, tea, "four"));
  const settings = "ann changed its settings.";
  expect(contents(reading.heard)).toEqual([settings, "one", settings, "two", "three", "four"]);
  await hers.dispose();
});

test("a reader who catches up hears nothing of what is said once the room is private", async () => {
  const { tea } = await rooms();
  const hers = eve.ws();
  const reading = listen<Said>(hers, ADDED, { id: tea });
  await live([reading], () => send(ann, tea, "poke"), isOf);
  const { cursor } = await reads(eve, tea);
  await hears(reading, await send(ann, tea, "while she was away"));

  using asked = gate(server.services.hub.source, "audienceAmong", "after");
  const catchingUp = listen<LogEvent>(hers, EVENTS, { id: tea, after: cursor });
  await asked.calls(1);
  await does(ann, "updateConversation", { conversationId: tea, visibility: "PRIVATE" });
  await asked.calls(2);
  await send(ann, tea, "secret");
  asked.letOneThrough();
  // What she missed has been read now: she is given it, or asked about once more.
  await Promise.race([asked.calls(3), catchingUp.until((heard) => heard.length > 0)]);
  asked.open();
  expect(await reading.ended).toBe("complete");
  await catchingUp.ended;
  expect(catchingUp.heard.map(inShort).join()).not.toMatch(/settings|secret/);
  await hers.dispose();
});

import type { Client } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Ear, listen, live } from "../log/support/ear.ts";
import { ADDED } from "../log/support/events.ts";
import { type Said, contents, send } from "../log/support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type Gate, gate } from "./support/gate.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let his: Client;
/** A room that bob is in. */
let home: string;
/** The looks that make up for lost events within seconds: nothing here is to depend on them. */
let looks: Gate;
beforeAll(async () => {
  server = await startServer();
  looks = gate(server.services.hub.source, "membershipChanges", "before");
  ann = await person(server, "ann");
  bob = await person(server, "bob");
  home = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: home });
  his = bob.ws();
});
afterAll(async () => {
  await his.dispose();
  looks[Symbol.dispose]();
  await server.stop();
});

const isOf = (event: Said, said: Said): boolean => event.id === said.id;
const hears = (ear: Ear<Said>, said: Said): Promise<void> =>
  ear.until((heard) => heard.some((event) => isOf(event, said)));
const everything = (): Ear<Said> => listen<Said>(his, ADDED, { id: null });
const isLive = (ear: Ear<Said>): Promise<void> => live([ear], () => send(ann, home, "poke"), isOf);
/** Where a window is held open. "after": the answer is kept back, so that it is old when it comes. */
const WINDOWS = [
  ["memberships are asked for", () => gate(server.services.hub.source, "memberships", "before")],
  ["memberships are on their way", () => gate(server.services.hub.source, "memberships", "after")],
  ["the room is about to be listened to", () => gate(server.services.hub, "join", "before")],
  ["the room begins to be listened to", () => gate(server.services.hub, "join", "after")],
] as const;

/** A room of ann's, whose log she listens to already where it is overheard. */
async function tea(overheard: boolean): Promise<{ id: string; leave(): Promise<void> }> {
  const { id } = await room(ann);
  const hers = ann.ws();
  const leave = async (): Promise<void> => hers.dispose();
  if (overheard) await live([listen<Said>(hers, ADDED, { id })], () => send(ann, id, "early"), isOf);
  else await send(ann, id, "early");
  return { id, leave };
}

const CASES = WINDOWS.flatMap(([window, hold]) => [
  { window, hold, others: "others listen", overheard: true },
  { window, hold, others: "nobody listens", overheard: false },
]);

test.each(CASES)(
  "who comes into a room hears all since, once and in order, if it is said while $window and $others",
  async ({ hold, overheard }) => {
    const ear = everything();
    await isLive(ear);
    const { id, leave } = await tea(overheard);
    using held = hold();
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    await held.calls(1);
    await send(ann, id, "one");
    await send(ann, id, "two");
    held.open();
    await send(ann, id, "three");
    await hears(ear, await send(ann, id, "four"));
    await hears(ear, await send(ann, home, "sign"));
    expect(contents(ear.heard)).toEqual(["ann added bob.", "one", "two", "three", "four", "sign"]);
    ear.stop();
    await leave();
  },
);

test.each(CASES)(
  "who subscribes while they are added hears of no message twice, nor of one late, if it is while $window and $others",
  async ({ hold, overheard }) => {
    const { id, leave } = await tea(overheard);
    using held = hold();
    const ear = everything();
    await held.calls(1);
    await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
    await send(ann, id, "one");
    await send(ann, id, "two");
    held.open();
    while (ear.heard.length === 0) await send(ann, id, "knock");
    const last = await send(ann, id, "last");
    await hears(ear, last);
    const seqs = ear.heard.filter(({ content }) => content !== "poke").map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => last.seq - seqs.length + 1 + index));
    ear.stop();
    await leave();
  },
);

/** Sends bob away while the answer that he is in is still on its way. */
async function sendAway(id: string, held: Gate, ear: Ear<Said>): Promise<void> {
  await held.calls(1);
  await does(ann, "removeMember", { conversationId: id, userId: bob.id });
  held.open();
  await isLive(ear);
  await send(ann, id, "secret");
  await hears(ear, await send(ann, home, "sign"));
  expect(contents(ear.heard)).toEqual(["sign"]);
  ear.stop();
}

test("who is sent away while they subscribe hears nothing of what is said then", async () => {
  const { id, leave } = await tea(true);
  await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
  using held = gate(server.services.hub.source, "memberships", "after");
  await sendAway(id, held, everything());
  await leave();
});

test("who is sent away as soon as they came in hears nothing of what is said then", async () => {
  const { id, leave } = await tea(true);
  const ear = everything();
  await isLive(ear);
  using held = gate(server.services.hub.source, "memberships", "after");
  await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
  await sendAway(id, held, ear);
  await leave();
});
